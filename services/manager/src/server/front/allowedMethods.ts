import { routeMethods } from "./routeMethods.ts";

const routes = Object.entries(routeMethods).map(([route, methods]) => ({ pattern: patternOf(route), methods }));
const reading = ["GET", "HEAD"];

/** The methods a path accepts: those of its route; pages, files and unknown paths are read only. */
export function allowedMethods(path: string): readonly string[] {
  return routes.find(({ pattern }) => pattern.test(path))?.methods ?? reading;
}

/** `/a/[id]` matches one segment in its place, `/a/[[...rest]]` any number behind it. */
function patternOf(route: string): RegExp {
  const segments = route.split("/").slice(1);
  const source = segments.map((segment) => {
    if (segment.startsWith("[[...")) return "(?:/.*)?";
    return segment.startsWith("[") ? "/[^/]+" : `/${RegExp.escape(segment)}`;
  });
  return new RegExp(`^${source.join("")}/?$`);
}

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const app = join(import.meta.dirname, "..", "services", "manager", "src", "app");
/** What a route handler of Next.js can export, in the order of `Allow`. HEAD comes with GET. */
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Every route of the Email Manager with the methods its file exports, as `src/app` has them. */
export function managerRoutes(): Record<string, string[]> {
  const files = globSync("**/route.ts", { cwd: app }).map((file) => file.replaceAll("\\", "/"));
  const entries = files.map((file) => {
    const route = `/${file.replace(/\/?route\.ts$/, "").replaceAll(/\([^)]+\)\//g, "")}`;
    const source = readFileSync(join(app, file), "utf8");
    const exported = methods.filter((method) =>
      new RegExp(`^export (?:const|(?:async )?function) ${method}\\b|^export \\{[^}]*\\b${method}\\b`, "m").test(
        source,
      ),
    );
    return [route, exported.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))] as const;
  });
  // Routes with a name of their own come before those with a place for any.
  return Object.fromEntries(entries.sort(([one], [other]) => (rank(one) < rank(other) ? -1 : 1)));
}

/** By code units, of which "~" comes behind all letters. */
const rank = (route: string) => route.replaceAll("[[", "~~").replaceAll("[", "~");

/** `services/manager/src/server/front/routeMethods.ts`. */
export function routeMethodsSource(): string {
  const lines = Object.entries(managerRoutes()).map(([route, allowed]) => {
    const list = allowed.map((method) => `"${method}"`).join(", ");
    return `  "${route}": [${list}],`;
  });
  return `// Made by npm run fix from src/app; do not edit.

/** The methods of each route; the first that fits a path counts. */
export const routeMethods: Readonly<Record<string, readonly string[]>> = {
${lines.join("\n")}
};
`;
}

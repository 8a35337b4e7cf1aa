import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(import.meta.dirname, "..");

/** A name in backticks that can be a file or a folder of the repository. */
const nameInCode =
  /`((?:shared|services|infra|tests|scripts|docs)(?:\/[\w.()-]+)+\/?|[\w/.()-]*\w\.(?:ts|tsx|mjs|md))`/g;
const link = /\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

/** Files, folders and headings that pages name and the repository does not have: `README.md: services/gone.ts`. */
export function missingPaths(): string[] {
  const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");
  const read = (page: string) => readFileSync(join(root, page), "utf8");
  const pages = tracked.filter((path) => path.endsWith(".md"));
  return pages.flatMap((page) => missingIn(page, read(page), tracked, read).map((path) => `${page}: ${path}`));
}

/** The same of one page, given every file there is. */
export function missingIn(
  page: string,
  text: string,
  files: readonly string[],
  read: (page: string) => string,
): string[] {
  const named = [...text.matchAll(nameInCode)].map(([, name = ""]) => name.replace(/\/$/, "")).filter(isMeant);
  const unknown = named.filter((name) => {
    const whole = name.startsWith(".") ? normalize(join(dirname(page), name)) : name;
    return !files.some((file) => isNamed(file, whole));
  });
  const dead = [...text.matchAll(link)].flatMap(([, path = "", heading]) => {
    const target = path === "" ? page : normalize(join(dirname(page), path)).replace(/\/$/, "");
    if (!files.some((file) => file === target || file.startsWith(`${target}/`))) return [path];
    const isThere = !heading || !target.endsWith(".md") || headingsOf(read(target)).includes(heading);
    return isThere ? [] : [`${path}#${heading}`];
  });
  return [...unknown, ...dead];
}

/** Names like `x.io.test.ts` are examples. */
function isMeant(name: string): boolean {
  return !/^x\./.test(name);
}

/** True for the whole path of a file or folder, and for its end: pages name files by their last parts. */
function isNamed(file: string, name: string): boolean {
  return `/${file}/`.includes(`/${name}/`);
}

/** The anchors of a page's headings, as GitHub makes them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
}

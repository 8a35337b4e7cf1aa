import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");

/** True for a path that `.gitignore` leaves out. Read here, because a machine that runs the tests may have no git. */
function isIgnored(path: string): boolean {
  const name = basename(path);
  if (name === ".git") return true;
  const rules = readFileSync(join(root, ".gitignore"), "utf8").split("\n").filter(Boolean);
  return rules.some((rule) => (rule.startsWith("*") ? name.endsWith(rule.slice(1)) : name === rule.replace(/\/$/, "")));
}

/** A copy of the repository as a clone would have it, in a new folder of the temporary folder. */
export function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), "email-agent-copy-"));
  for (const entry of readdirSync(root))
    if (!isIgnored(entry))
      cpSync(join(root, entry), join(copy, entry), { recursive: true, filter: (from) => !isIgnored(from) });
  return copy;
}

/** Path → hash of every file below `folder` that `.gitignore` does not leave out: what `git status` would compare. */
export function repositoryFiles(folder: string, below = folder): Record<string, string> {
  const files = readdirSync(below, { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (isIgnored(path)) return [];
    if (entry.isDirectory()) return Object.entries(repositoryFiles(folder, path));
    return entry.isFile()
      ? [[relative(folder, path), createHash("sha256").update(readFileSync(path)).digest("hex")]]
      : [];
  });
  return Object.fromEntries(files);
}

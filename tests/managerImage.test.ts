import { existsSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Every package that a file and the files it imports ask for, by name. */
function packagesOf(entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = stripTypeScriptTypes(readFileSync(file, "utf8"));
    for (const [, name = ""] of source.matchAll(/\b(?:from|import)\s*\(?\s*"([\w@./-]+)"/g)) {
      if (name.startsWith(".")) visit(resolve(dirname(file), name));
      else if (name.startsWith("@email-agent/shared/")) visit(join(root, "shared/src", name.slice(20)));
      else if (!name.startsWith("node:")) packages.add(name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
    }
  };
  visit(entry);
  return packages;
}

// Its pages are bundled by Next.js; main.ts and the work on imports run from source, as in the image.
test("the image of the Email Manager has every package that main.ts asks for", () => {
  const asked = packagesOf(join(root, "services/manager/src/main.ts"));
  expect([...asked]).toEqual(expect.arrayContaining(["zod", "pino", "csv-parse", "@aws-sdk/client-dynamodb"]));
  const { dependencies } = JSON.parse(readFileSync(join(root, "shared/package.json"), "utf8"));
  const dockerfile = readFileSync(join(root, "Dockerfile"), "utf8");
  const [copy = ""] = /^RUN cp -rn \/modules\/\. .*$/m.exec(dockerfile) ?? [];
  const copied = [...copy.matchAll(/ \/app\/node_modules\/(\S+)/g)].map(([, name]) => name);
  expect(copied).toContain("jose");
  for (const name of copied) expect(existsSync(join(root, "node_modules", name!)), name).toBe(true);
  expect([...asked].filter((name) => !(name in dependencies) && !copied.includes(name))).toEqual([]);
});

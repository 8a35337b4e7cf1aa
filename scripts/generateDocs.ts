// Writes the generated pages (variables from their catalogue, configuration from its schemas, promises from test titles, methods from routes); with --check only says whether they are current, and whether all files that pages name exist.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acceptancePage } from "./acceptanceDocs.ts";
import { configurationPage } from "./configurationDocs.ts";
import { missingPaths } from "./documentedPaths.ts";
import { environmentExample, environmentPage } from "./environmentDocs.ts";
import { metricsPage } from "./metricsDocs.ts";
import { referencePage } from "./referenceDocs.ts";
import { routeMethodsSource } from "./routeMethods.ts";

const root = join(import.meta.dirname, "..");
const pages = {
  ".env.example": environmentExample(),
  "docs/environment.md": environmentPage(),
  "docs/configuration.md": configurationPage(),
  "docs/acceptance.md": acceptancePage(),
  "docs/metrics.md": metricsPage(),
  "docs/reference.md": referencePage(),
  "services/manager/src/server/front/routeMethods.ts": routeMethodsSource(),
};
const check = process.argv.includes("--check");
const stale = Object.entries(pages).filter(([path, text]) => read(path) !== text);

for (const [path, text] of stale) {
  if (check) process.stderr.write(`${path} is not current: run npm run fix.\n`);
  else writeFileSync(join(root, path), text);
}
const missing = check ? missingPaths() : [];
for (const path of missing) process.stderr.write(`${path} does not exist.\n`);
process.exitCode = check && stale.length + missing.length > 0 ? 1 : 0;

function read(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

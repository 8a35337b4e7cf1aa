// `npm run build`: builds the Email Manager unless it is already built from the same sources.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { oneAtATime } from "./oneAtATime.mjs";

const root = join(import.meta.dirname, "..");
const folder = join(root, "services", "manager");
const standalone = join(folder, ".next", "standalone", "services", "manager");
const stamp = join(folder, ".next", "built-from");

/** A terminal that says nothing for longer looks like a program that hangs. */
const stillThereSeconds = 8;

/** What goes into the build: the manager, what it may import of shared, and the versions of the packages. */
const sources = [
  "services/manager/src/**/*",
  "services/manager/{next.config.ts,package.json,tsconfig.json}",
  "shared/src/**/*",
  "shared/package.json",
  "package-lock.json",
];

/**
 * Builds pages and API into `services/manager/.next/standalone`. Does nothing if they are already built from exactly these
 * sources. Commands that ask at the same time build once. `signal` ends it. Throws with the builder's last words if it fails.
 */
export async function buildManager(onNews: (text: string) => void, signal?: AbortSignal): Promise<void> {
  if (isBuiltFrom(contentHash())) return;
  await oneAtATime(
    join(root, "node_modules", ".building-manager"),
    () => onNews("The Email Manager is being built by another command; waiting for it …"),
    async () => {
      const wanted = contentHash();
      if (isBuiltFrom(wanted)) return;
      onNews("Building the Email Manager (once for these sources; about half a minute) …");
      const startedAt = performance.now();
      rmSync(stamp, { force: true });
      // Files of an earlier build would stay beside the new ones.
      rmSync(join(folder, ".next", "standalone"), { recursive: true, force: true });
      const secondsSoFar = () => Math.round((performance.now() - startedAt) / 1000);
      const stillThere = setInterval(
        () => onNews(`  still building, ${secondsSoFar()} s so far …`),
        stillThereSeconds * 1000,
      );
      await runBuild(signal).finally(() => clearInterval(stillThere));
      // The server of a standalone build serves these only from beside itself.
      cpSync(join(folder, ".next", "static"), join(standalone, ".next", "static"), { recursive: true });
      writeFileSync(stamp, wanted);
      onNews(`Built in ${secondsSoFar()} s.`);
    },
  );
}

function isBuiltFrom(wanted: string): boolean {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
}

/** Hash over names and contents; tests are no part of the build. */
function contentHash(): string {
  const files = globSync(sources, { cwd: root, exclude: (name) => /node_modules|\.test\.tsx?$/.test(name) });
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    const content = readFileOrFolder(join(root, file));
    if (content !== undefined) hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function readFileOrFolder(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") return undefined;
    throw error;
  }
}

function runBuild(signal: AbortSignal | undefined): Promise<void> {
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const build = spawn(process.execPath, [next, "build"], {
    cwd: folder,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  let words = "";
  const listen = (text: Buffer) => {
    words = (words + text).slice(-4000);
  };
  build.stdout.on("data", listen);
  build.stderr.on("data", listen);
  return new Promise((resolve, reject) => {
    build.once("error", reject);
    build.once("close", (code) => {
      if (code === 0) return resolve();
      // Ctrl-C in a terminal reaches the builder, too.
      if (signal?.aborted) return reject(signal.reason as Error);
      reject(new Error(`The Email Manager could not be built. The builder said:\n${words}`));
    });
  });
}

if (import.meta.main) {
  try {
    await buildManager((text) => process.stdout.write(`${text}\n`));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

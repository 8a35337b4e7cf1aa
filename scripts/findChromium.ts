import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type BrowserProgram, hasNpmChromium, npmChromium } from "./npmChromium.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Inside an applications folder of macOS. */
const applications = [
  "Chromium.app/Contents/MacOS/Chromium",
  "Google Chrome.app/Contents/MacOS/Google Chrome",
  "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/** Where a system keeps a Chromium or a relative of it, best first. */
export function chromiumPlaces(
  platform: NodeJS.Platform,
  path = process.env["PATH"] ?? "",
  home = homedir(),
): string[] {
  if (platform === "darwin")
    return ["/Applications", join(home, "Applications")].flatMap((folder) =>
      applications.map((name) => join(folder, name)),
    );
  const folders = [...path.split(delimiter).filter((folder) => folder !== ""), "/usr/bin", "/opt/google/chrome"];
  return names.concat("chrome").flatMap((name) => folders.map((folder) => join(folder, name)));
}

/**
 * The browser for tests and pictures: the one `CHROMIUM_PATH` names; else the system's; else the one npm brings.
 *
 * @throws Error with one sentence that names the repair, if there is none.
 */
export async function findChromium(): Promise<BrowserProgram> {
  const named = process.env["CHROMIUM_PATH"];
  if (named && !existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, but there is no such file.`);
  const executablePath = named || chromiumPlaces(process.platform).find((place) => existsSync(place));
  if (executablePath) return { executablePath, env: {} };
  if (hasNpmChromium) return npmChromium();
  throw new Error(noChromium(process.platform, process.arch));
}

export function noChromium(platform: NodeJS.Platform, architecture: string): string {
  const repair =
    platform === "darwin"
      ? "install Google Chrome in /Applications (or: brew install --cask chromium)"
      : "install it (Debian, Ubuntu: apt-get install chromium)";
  return `The stories of the Email Manager need Chromium, and npm has none for ${platform}-${architecture}: ${repair}, or name the program in CHROMIUM_PATH.`;
}

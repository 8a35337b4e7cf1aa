import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { chromiumPlaces, findChromium, noChromium } from "./findChromium.ts";

afterEach(() => vi.unstubAllEnvs());

it("a Chromium on the path is taken before any other, and CHROMIUM_PATH before that", async () => {
  const folder = mkdtempSync(join(tmpdir(), "chromium-"));
  for (const name of ["chromium", "named"]) {
    writeFileSync(join(folder, name), "#!/bin/sh\n");
    chmodSync(join(folder, name), 0o755);
  }
  vi.stubEnv("CHROMIUM_PATH", "");
  vi.stubEnv("PATH", folder);
  if (process.platform !== "darwin")
    expect(await findChromium()).toEqual({ executablePath: join(folder, "chromium"), env: {} });
  vi.stubEnv("CHROMIUM_PATH", join(folder, "named"));
  expect(await findChromium()).toEqual({ executablePath: join(folder, "named"), env: {} });
  rmSync(folder, { recursive: true });
});

it("a CHROMIUM_PATH that leads nowhere is named", async () => {
  vi.stubEnv("CHROMIUM_PATH", "/no/such/chromium");
  await expect(findChromium()).rejects.toThrow("CHROMIUM_PATH names /no/such/chromium, but there is no such file.");
});

it("looks for applications on macOS, for programs on Linux", () => {
  expect(chromiumPlaces("darwin", "/usr/bin", "/Users/wren")).toEqual(
    expect.arrayContaining([
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Users/wren/Applications/Chromium.app/Contents/MacOS/Chromium",
    ]),
  );
  expect(chromiumPlaces("linux", "/opt/bin:")).toEqual(
    expect.arrayContaining(["/opt/bin/chromium", "/usr/bin/google-chrome", "/opt/google/chrome/chrome"]),
  );
});

it("names the repair where there is none", () => {
  expect(noChromium("darwin", "arm64")).toMatch(
    /npm has none for darwin-arm64: install Google Chrome in \/Applications/,
  );
  expect(noChromium("linux", "arm64")).toMatch(/npm has none for linux-arm64: .*apt-get install chromium/);
});

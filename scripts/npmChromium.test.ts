import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasNpmChromium, npmChromium } from "./npmChromium.ts";

describe.skipIf(!hasNpmChromium)("the Chromium of npm", () => {
  it("acceptance 92: runs with its own libraries and shows text in its own font", { timeout: 180_000 }, async () => {
    const { executablePath, env } = await npmChromium();
    // Nothing of this machine but what the program brings: no home, no library path, no font configuration.
    const browser = await chromium.launch({ executablePath, env: { ...env, HOME: "/nonexistent" }, args: flags });
    const page = await browser.newPage();
    const picture = (text: string) =>
      page.setContent(`<p style="font: 40px sans-serif; white-space: pre">${text}</p>`).then(() => page.screenshot());
    const [blank, iii, mmm] = [await picture(" "), await picture("iiiiii"), await picture("mmmmmm")];
    expect(iii).not.toEqual(blank);
    // Letters, not boxes: boxes for missing glyphs would all look the same.
    expect(mmm).not.toEqual(iii);
    await browser.close();
  });

  it("is unpacked once, whole or not at all, also by several processes at the same time", {
    timeout: 180_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "chromium-"));
    const programs = await Promise.all([npmChromium(folder), npmChromium(folder), npmChromium(folder)]);
    expect(new Set(programs.map(({ executablePath }) => executablePath)).size).toBe(1);
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^chromium-[\d.]+$/)]);
    await rm(folder, { recursive: true });
  });
});

const flags = ["--no-sandbox", "--disable-gpu"];

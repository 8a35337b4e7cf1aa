import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { findChromium } from "../../scripts/findChromium.ts";

/** Flags without which a browser as root, or without a network, does not behave. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The names of the seeded users, as the issuer's page offers them. */
export type UserName = "Wren Writer" | "Ada Admin" | "Reed Reader";

/** A real, headless browser: `findChromium`. Throws one sentence that says how to get one where there is none. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  return chromium.launch({ executablePath, args: [...flags, ...more], env: { ...process.env, ...env } });
}

/** A page of its own (no cookies of others), 1280 pixels wide, in Berlin; every address it asks for is kept in `asked`. */
export async function newPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly asked: string[]; readonly complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    colorScheme: "dark",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const asked: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  return { page, asked, complaints };
}

/** Opens an address of the manager and signs in on the way, as a person does: a link here, a name at the issuer. */
export async function signIn(page: Page, address: string, user: UserName): Promise<void> {
  await page.goto(address);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name: new RegExp(user) }).click();
  await page.waitForURL((url) => url.origin === new URL(address).origin && !url.pathname.startsWith("/sign-in"));
}

/** The findings of axe that matter (serious, critical) on the page as it stands, each as rule and places. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) {
    const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    // Evaluated by the debugger, so that the page's content security policy stays as it is.
    await page.evaluate(source);
  }
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    return (await axe.run({ runOnly })).violations;
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Nothing left this machine, and nothing failed quietly in the page. */
export function expectQuiet({ asked, complaints }: { readonly asked: string[]; readonly complaints: string[] }): void {
  const elsewhere = asked.filter(
    (address) => !/^(?:(?:https?|wss?):\/\/127\.0\.0\.1:\d+|data:|blob:|about:)/.test(address),
  );
  expect(elsewhere).toEqual([]);
  expect(complaints).toEqual([]);
}

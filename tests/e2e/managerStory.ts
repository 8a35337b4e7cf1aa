import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect, vi } from "vitest";
import { accessibilityFindings, expectQuiet, newPage, openBrowser, signIn, type UserName } from "./browser.ts";
import { type Story, startStory } from "./story.ts";

/** A page of one user, in a browser profile of its own. */
interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Says which complaints of the browser, and which addresses it asks for elsewhere, belong to the story. */
  expects(...patterns: RegExp[]): void;
}

interface VisitOptions extends BrowserContextOptions {
  /** Called before the page opens anything. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** A running stack with a browser, for one test file. */
export interface ManagerStory extends Story {
  readonly browser: Browser;
  /** Opens a path of the manager as this user: signs in by hand the first time, with the same session from then on. */
  visit(user: UserName | "visitor", path?: string, options?: VisitOptions): Promise<Visit>;
  /** Changes these fields of an item of Config, as an administrator does. */
  configure(kind: string, name: string, fields: Readonly<Record<string, unknown>>): Promise<void>;
  /** Nothing left this machine and no page complained since the last call; closes all pages. */
  endVisits(): Promise<void>;
}

type OpenedPage = Awaited<ReturnType<typeof newPage>>;

/** Starts the whole product, with so many people in the demo organisation, and a browser. `empty`: without the organisation. */
export async function startManagerStory(
  participants: number,
  options: Parameters<typeof startStory>[1] = {},
): Promise<ManagerStory> {
  await using starting = new AsyncDisposableStack();
  // The stack takes longer; a missing browser is reported before it.
  const browser = starting.adopt(await openBrowser(), (one) => one.close());
  const story = starting.use(await startStory(participants, options));
  const { stack } = story;
  const sessions = new Map<UserName, BrowserContextOptions["storageState"]>();
  let opened: (OpenedPage & { readonly expected: RegExp[] })[] = [];

  const visit: ManagerStory["visit"] = async (user, path = "/", { prepare, ...options } = {}) => {
    const storageState = user === "visitor" ? undefined : sessions.get(user);
    const one = { ...(await newPage(browser, { ...options, ...(storageState && { storageState }) })), expected: [] };
    opened.push(one);
    const { page, expected } = one as OpenedPage & { expected: RegExp[] };
    await prepare?.(page);
    const context = page.context();
    const address = `${stack.managerUrl}${path}`;
    if (user === "visitor" || storageState) await page.goto(address);
    else {
      await signIn(page, address, user);
      sessions.set(user, await context.storageState());
    }
    return { page, context, expects: (...patterns) => void expected.push(...patterns) };
  };
  const running = starting.move();
  return {
    ...story,
    browser,
    visit,
    async configure(pk, sk, fields) {
      const TableName = stack.tables.CONFIG_TABLE;
      const { Item } = await stack.aws.dynamo.send(new GetCommand({ TableName, Key: { pk, sk } }));
      await stack.aws.dynamo.send(new PutCommand({ TableName, Item: { pk, sk, ...Item, ...fields } }));
    },
    async endVisits() {
      const ended = opened;
      opened = [];
      await Promise.all(ended.map(({ page }) => page.context().close()));
      for (const { asked, complaints, expected } of ended) {
        const unexpected = (texts: readonly string[]) =>
          texts.filter((text) => !expected.some((one) => one.test(text)));
        expectQuiet({ asked: unexpected(asked), complaints: unexpected(complaints) });
      }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The panel of a step on the page of an order; `title` as the page names it, `Send-Once` for a Send. */
export function stepPanel(page: Page, title: string) {
  return page.getByRole("region", { name: title, exact: true });
}

/** A status as a badge shows it, after its sign. */
export function badge(place: Locator, word: string) {
  return place.getByText(new RegExp(`^\\P{L}*${word}$`, "u"));
}

/** The row of a work order in a list; `name` as `SUMMER26 main reg`. */
export function orderRow(place: Page | Locator, name: string) {
  return place.getByRole("row", { name: `Actions for ${name}` });
}

/** Opens the panel of a step by the path of steps. */
export async function openStep(page: Page, title: string) {
  const steps = page.getByRole("navigation", { name: "Steps of this work order" });
  await steps.getByRole("link", { name: new RegExp(`^${title} `) }).click();
  const panel = stepPanel(page, title);
  await panel.waitFor();
  return panel;
}

/** Starts a step by its button; ends when the page has shown it at work, however short, and then complete. */
export async function runStep(page: Page, title: string, seconds = 30): Promise<void> {
  const panel = await openStep(page, title);
  const lines = await recordLines(panel);
  await panel.getByRole("button", { name: new RegExp(`^(Start|Restart) ${title}$`) }).click();
  await vi.waitUntil(async () => (await lines()).some((line) => line.endsWith("Working")), { timeout: 5000 });
  await badge(panel, "Complete").waitFor({ timeout: seconds * 1000 });
}

/** The go/no-go before a Send. */
export function goNoGo(page: Page) {
  return page.getByRole("dialog", { name: /^Before Send: / });
}

/** Presses Start of Send and goes through the go/no-go, typing the number of mails if it asks for it. */
export async function startSend(page: Page): Promise<void> {
  await stepPanel(page, "Send-Once").getByRole("button", { name: "Start Send-Once" }).click();
  const dialog = goNoGo(page);
  const go = dialog.getByRole("button", { name: /^Send-Once: [\d,]+ mails?$/ });
  const number = /[\d,]+/.exec((await go.textContent()) ?? "")?.[0] ?? "";
  const field = dialog.getByRole("textbox", { name: `Type ${number} to confirm` });
  if ((await field.count()) > 0) await field.fill(number);
  await go.click();
  await dialog.waitFor({ state: "hidden" });
}

/** Chooses an entry of a select; one that is disabled cannot be. */
export async function choose(page: Page, field: string, option: string | RegExp): Promise<void> {
  const select = page.getByRole("combobox", { name: field, exact: true });
  const value = await select.getByRole("option", { name: option, disabled: false }).getAttribute("value");
  await select.selectOption({ value: value ?? "" });
}

/** Records every line of text shown in `place` from now on, however short; returns them in order. */
export async function recordLines(place: Locator): Promise<() => Promise<string[]>> {
  const recorder = await place.evaluateHandle((element: { innerText: string }) => {
    const lines = new Set<string>();
    const read = () => {
      for (const line of element.innerText.split("\n")) lines.add(line.trim());
    };
    const { MutationObserver } = globalThis as unknown as { MutationObserver: BrowserMutationObserver };
    new MutationObserver(read).observe(element, { subtree: true, childList: true, characterData: true });
    read();
    return lines;
  });
  return () => recorder.evaluate((lines) => [...lines]);
}

type BrowserMutationObserver = new (read: () => void) => { observe(element: unknown, what: object): void };

const looks = [
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390 },
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 390 },
] as const;

/** Colours on their way from one scheme to the other are neither's. What moves for ever (a skeleton) is not waited for. */
const settled = `Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
  .map(({ finished }) => finished))`;

/** What is on the page now, in both colour schemes, on a desktop and on a phone: nothing serious, nothing to scroll sideways. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const { scheme, width } of looks) {
    await page.setViewportSize({ width, height: 900 });
    await showScheme(page, scheme);
    await page.evaluate(settled);
    expect.soft(await accessibilityFindings(page), `${what}, ${scheme}, ${width} px`).toEqual([]);
    const overhang = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth";
    expect.soft(await page.evaluate(overhang), `${what}, ${scheme}, ${width} px: scrolls sideways by`).toBe(0);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** As if the scheme were switched in another tab: a dialog may cover the menu that does it here. Public pages ask the system. */
async function showScheme(page: Page, scheme: "dark" | "light"): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  if ((await page.locator("html[data-mantine-color-scheme]").count()) === 0) return;
  const key = "mantine-color-scheme-value";
  await page.evaluate(
    `localStorage.setItem("${key}", "${scheme}");
     dispatchEvent(new StorageEvent("storage", { key: "${key}", newValue: "${scheme}", storageArea: localStorage }))`,
  );
  await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: "attached" });
}

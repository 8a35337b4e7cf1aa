import type { Locator, Page } from "playwright-core";
import { Temporal } from "temporal-polyfill";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { nextChanges } from "./clockChanges.ts";
import {
  badge,
  expectAccessible,
  goNoGo,
  type ManagerStory,
  openStep,
  orderRow,
  startManagerStory,
  stepPanel,
} from "./managerStory.ts";

// Browsers, six processes and other stories share the machine; a start is scheduled for the next whole minute.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const zone = "Europe/Berlin";
let story: ManagerStory;
let id = "";
const path = () => `/work-orders/${id}?step=Send`;

beforeAll(async () => {
  story = await startManagerStory(60);
  ({ id } = await story.order("SUMMER26", "reg"));
  await story.complete(id, "Count", "Prepare", "Dry-Run", "Test");
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const stored = async () => (await story.stack.orders.get(id))?.steps.Send;

/** Opens the go/no-go of the order and enters this local time as the start; types the number where it is asked for. */
async function enter(page: Page, local: Temporal.PlainDateTime): Promise<Locator> {
  const dialog = goNoGo(page);
  await dialog.getByRole("radiogroup", { name: "When Send starts" }).getByText("Start at …").click();
  await dialog.getByLabel(/^Date/).fill(local.toPlainDate().toString());
  await dialog.getByLabel(`Time, in ${zone}`).fill(local.toPlainTime().toString({ smallestUnit: "minute" }));
  const field = dialog.getByRole("textbox", { name: /^Type [\d,]+ to confirm$/ });
  if ((await field.count()) > 0) {
    const [number = ""] = /[\d,]+/.exec((await dialog.getByText(/^Type [\d,]+ to confirm$/).textContent()) ?? "") ?? [];
    await field.fill(number);
  }
  return dialog;
}
const schedule = (dialog: Locator) => dialog.getByRole("button", { name: /^Schedule: \d+ mails$/ });

test("the form sets a sending window, and the dialog before Send counts with it", async () => {
  const soon = Temporal.Now.plainTimeISO(zone).add({ hours: 3 });
  const [from, to] = [soon, soon.add({ hours: 1 })].map((time) => time.toString({ smallestUnit: "minute" }));
  const { page } = await story.visit("Wren Writer", `/work-orders/${id}/edit`);
  const toggle = page.getByRole("switch", { name: /^Sending window/ });
  await toggle.click();
  const window = page.getByRole("group", { name: "Sending window" });
  await window.getByLabel("From", { exact: true }).fill(from ?? "");
  await window.getByLabel("Until", { exact: true }).fill(to ?? "");
  for (const day of ["Sat", "Sun"]) await window.getByText(day, { exact: true }).click();
  await window.getByLabel("Zone").selectOption(zone);
  await expectAccessible(page, "the form with a window");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const words = `Mon–Sun, ${from}–${to} (${zone})`;
  await page.getByText(words).first().waitFor();
  await openStep(page, "Send-Once");
  await stepPanel(page, "Send-Once").getByRole("button", { name: "Start Send-Once" }).click();
  await goNoGo(page).getByText(`The sending window is ${words}: the first mail leaves at`).waitFor();
  await page.goto(`${story.stack.managerUrl}/work-orders/${id}/edit`);
  await toggle.click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.endsWith("/edit"));
  expect((await story.stack.orders.get(id))?.sendingWindow).toBeUndefined();
});

test("acceptance 145: a start time that the clocks skip is refused, one that comes twice is explained, and the page says when it sends", async () => {
  const { gap, fold } = nextChanges(zone);
  const { page } = await story.visit("Wren Writer", path());
  await stepPanel(page, "Send-Once").getByRole("button", { name: "Start Send-Once" }).click();
  const dialog = await enter(page, gap);
  await dialog
    .getByText(/does not exist in Europe\/Berlin, because the clocks go forward then: enter 01:30 or 03:30/)
    .last()
    .waitFor();
  expect(await schedule(dialog).getAttribute("aria-disabled")).toBe("true");
  await enter(page, Temporal.Now.plainDateTimeISO(zone).subtract({ hours: 1 }));
  await dialog
    .getByText(/has passed: choose one in the future/)
    .last()
    .waitFor();
  await enter(page, fold);
  await dialog
    .getByText(/comes twice in Europe\/Berlin, because the clocks go back then: the earlier one counts/)
    .last()
    .waitFor();
  await expectAccessible(page, "schedule");
  await enter(page, gap.add({ hours: 12 }));
  await vi.waitUntil(async () => (await schedule(dialog).getAttribute("aria-disabled")) === null);
  await page.waitForTimeout(800);
  await schedule(dialog).click();
  await dialog.waitFor({ state: "hidden" });

  const panel = stepPanel(page, "Send-Once");
  await badge(panel, "Scheduled").waitFor();
  const noon = gap.add({ hours: 12 });
  const words = new RegExp(`Sends on \\w{3} ${noon.day} \\w{3,4} ${noon.year}, 14:30 \\(Europe/Berlin\\)`);
  await panel.getByText(words).waitFor();
  await expectAccessible(page, "a scheduled Send");
  const at = noon.toZonedDateTime(zone).toInstant().epochMilliseconds;
  expect(await stored()).toMatchObject({ status: "sleeping", nextRunAt: new Date(at).toISOString() });

  await page.goto(story.stack.managerUrl);
  const row = orderRow(page, "SUMMER26 main reg");
  await row.getByText("Scheduled: Send").waitFor();
  await row.getByText(/14:30 \(Europe\/Berlin\)/).waitFor();
});

test("a date that is typed in part is named, on a phone in two rows at most", async () => {
  const { page } = await story.visit("Wren Writer", path(), { viewport: { width: 390, height: 844 } });
  const panel = stepPanel(page, "Send-Once");
  await panel.getByRole("button", { name: "Move it, or start now …" }).click();
  const dialog = goNoGo(page);
  const date = dialog.getByLabel(/^Date/);
  const time = dialog.getByLabel(`Time, in ${zone}`);
  await date.fill("");
  // Whatever comes first in the language of this browser: day or month.
  await date.pressSequentially("12");
  await time.focus();
  await dialog.getByText("The date is incomplete or does not exist: correct day, month or year.").last().waitFor();
  const boxes = await Promise.all([date, time].map((field) => field.boundingBox()));
  expect(boxes[0]?.y).toBe(boxes[1]?.y);
  await date.fill("2020-01-01");
  await dialog
    .getByText(/has passed: choose one in the future/)
    .last()
    .waitFor();
});

test("acceptance 145: it is moved to the next minute, starts by itself, and the history tells it all", async () => {
  const { page } = await story.visit("Wren Writer", path());
  const panel = await openStep(page, "Send-Once");
  await panel.getByRole("button", { name: "Move it, or start now …" }).click();
  const soon = Temporal.Now.plainDateTimeISO(zone).round({ smallestUnit: "minute", roundingMode: "ceil" });
  const dialog = await enter(page, soon);
  await vi.waitUntil(async () => (await schedule(dialog).getAttribute("aria-disabled")) === null);
  await page.waitForTimeout(800);
  await schedule(dialog).click();
  await badge(panel, "Complete").waitFor({ timeout: 120_000 });
  expect(story.stack.inbox.duplicates({ test: false })).toEqual([]);
  const send = await stored();
  expect(Date.parse(send?.startedAt ?? "")).toBeGreaterThanOrEqual(soon.toZonedDateTime(zone).epochMilliseconds);
  await page.getByRole("button", { name: "History" }).click();
  const history = page.getByRole("list", { name: "History, newest first" });
  for (const line of ["Scheduled Send for ", "Moved the start of Send from ", "Send started as scheduled for "])
    await history.getByRole("listitem").filter({ hasText: line }).waitFor();
});

import { readFile } from "node:fs/promises";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { expectAccessible, type ManagerStory, startManagerStory } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000 });

let story: ManagerStory;
let sent = 0;

beforeAll(async () => {
  story = await startManagerStory(30);
  const { aws, tables } = story.stack;
  const order = await story.order("SUMMER26", "reg");
  await story.complete(order.id, "Count", "Prepare", "Dry-Run", "Test", "Send");
  for (const language of order.languages)
    sent += (await deliveries(aws, tables).count(mailingKey(order, language))).sent;
}, 180_000);
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

test("the report of an event is counted, exported, and printed black on white without navigation", async () => {
  const { page } = await story.visit("Ada Admin", "/reports");
  await page
    .getByRole("main")
    .getByRole("link", { name: /SUMMER26/ })
    .click();
  await page.getByText(/^Deliveries counted /).waitFor();
  const sums = page.getByRole("table", { name: "Mailings" });
  await expect.poll(() => sums.getByRole("row", { name: /^All mailings/ }).textContent()).toContain(count(sent));
  await expectAccessible(page, "the report of an event");

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "People as CSV" }).click(),
  ]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines.length).toBeGreaterThan(1);

  await page.evaluate(`document.documentElement.setAttribute("data-mantine-color-scheme", "dark")`);
  await page.emulateMedia({ media: "print" });
  expect(await page.getByRole("banner").isVisible()).toBe(false);
  expect(await page.getByRole("button", { name: "Print" }).isVisible()).toBe(false);
  const looks = await page.evaluate(`(() => {
    const look = (selector) => getComputedStyle(document.querySelector(selector));
    return {
      page: look("body").backgroundColor,
      heading: look("main thead th").color,
      cell: look("main tbody td").color,
      row: look("main tbody tr").breakInside,
    };
  })()`);
  expect(looks).toEqual({
    page: "rgb(255, 255, 255)",
    heading: "rgb(51, 51, 51)",
    cell: "rgb(0, 0, 0)",
    row: "avoid",
  });
});

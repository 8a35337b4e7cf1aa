import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import {
  badge,
  choose,
  expectAccessible,
  type ManagerStory,
  orderRow,
  runStep,
  startManagerStory,
} from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let story: ManagerStory;
beforeAll(async () => {
  story = await startManagerStory(60);
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

test("the list sorts by keyboard, says so, and keeps the choice", async () => {
  const { page } = await story.visit("Wren Writer");
  const head = (name: string) => page.getByRole("columnheader", { name, exact: true });
  await orderRow(page, "SUMMER26 main reg").waitFor();
  expect(await head("Event").getAttribute("aria-sort")).toBe("ascending");
  const subjects = () => page.locator("tbody td[data-label=Subject]").allTextContents();
  const usual = await subjects();
  await head("Subject").getByRole("button").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  expect(await head("Subject").getAttribute("aria-sort")).toBe("descending");
  expect(await head("Event").getAttribute("aria-sort")).toBe("none");
  const sorted = await subjects();
  expect(sorted).not.toEqual(usual);
  expect(new Set(sorted)).toEqual(new Set(usual));
  await page.reload();
  await orderRow(page, "SUMMER26 main reg").waitFor();
  expect(await subjects()).toEqual(sorted);
  await expectAccessible(page, "sorted list");
});

test("an order is duplicated from the list: event, part or stage must change, and the Zoom ID is not taken over", async () => {
  const { page } = await story.visit("Wren Writer");
  await page.getByRole("button", { name: "Actions for SUMMER26 main confirm" }).click();
  await page.getByRole("menuitem", { name: "Duplicate …" }).click();
  await page.getByRole("heading", { level: 1, name: "Copy of SUMMER26 main confirm" }).waitFor();
  await page.getByText("The Zoom ID is not copied").waitFor();
  expect(await page.getByRole("textbox", { name: "Subject in English" }).inputValue()).toBe(
    "Your place in the Summer Gathering",
  );
  await expectAccessible(page, "form of a copy");
  await choose(page, "Sub-event", "evening");
  await page.getByRole("textbox", { name: "Zoom ID" }).fill("812 3456 7891");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { level: 1, name: "SUMMER26 · evening · confirm" }).waitFor();
  await page.getByRole("button", { name: "History" }).click();
  const history = page.getByRole("list", { name: "History, newest first" });
  await history.getByRole("link", { name: "SUMMER26 · main · confirm" }).waitFor();
});

test("the pages of two orders link to each other where one takes the content of the other", async () => {
  const { page } = await story.visit("Wren Writer");
  await page.getByRole("button", { name: "Actions for SUMMER26 main reg" }).click();
  await page.getByRole("menuitem", { name: "Duplicate …" }).click();
  await choose(page, "Stage", /^reminder/);
  await page.getByRole("note").getByText("come from the work order of stage reg").waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { level: 1, name: "SUMMER26 · main · reminder" }).waitFor();
  const banner = page.locator("main header");
  await banner.getByText("*|FNAME|*, join us this summer").waitFor();
  await banner.getByRole("link", { name: "SUMMER26 · main · reg" }).click();
  await page.getByRole("heading", { level: 1, name: "SUMMER26 · main · reg" }).waitFor();
  await banner.getByText("Content for").waitFor();
  await banner.getByRole("link", { name: "SUMMER26 · main · reminder" }).waitFor();
});

test("acceptance 122: all stages of an event are duplicated in the browser: preview, create, and nothing left to create", async () => {
  const { page } = await story.visit("Wren Writer", "/work-orders/copy");
  const choices = async () => {
    await choose(page, "Event to copy", /SUMMER26/);
    await choose(page, "To the event", /RETREAT26/);
    await choose(page, "Work orders of main", "to week2");
  };
  await choices();
  const table = page.getByRole("table", { name: "From SUMMER26 to RETREAT26" });
  await badge(table.getByRole("row", { name: /main · reg/ }), "Is created").waitFor();
  await expectAccessible(page, "preview of copies");
  await page.getByRole("button", { name: /^Create \d work orders$/ }).click();
  const row = table.getByRole("row", { name: /main · reg/ });
  await badge(row, "Created").waitFor();
  await page.reload();
  await choices();
  await badge(row, "There already").waitFor();
  expect(await page.getByRole("button", { name: /^Create/ }).count()).toBe(0);
  await row.getByRole("link", { name: "RETREAT26 · week2 · reg" }).click();
  await page.getByRole("heading", { level: 1, name: "RETREAT26 · week2 · reg" }).waitFor();
});

test("acceptance 123: an address typed in the form gets the Test, and its links open nothing", async () => {
  const { page } = await story.visit("Wren Writer");
  await orderRow(page, "SUMMER26 main reg").getByRole("link", { name: "SUMMER26", exact: true }).click();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  const field = page.getByRole("textbox", { name: "Another address" });
  await field.fill("press@agency.example");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Add the address or clear it.").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stay", exact: true }).last().click();
  await field.press("Enter");
  await page.getByRole("checkbox", { name: "press@agency.example", checked: true }).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("press@agency.example").first().waitFor();
  for (const step of ["Count", "Prepare", "Dry-Run", "Test"]) await runStep(page, step, 60);
  const { inbox } = story.stack;
  const mails = inbox.messages().filter(({ to }) => to.includes("press@agency.example"));
  expect(mails.map(({ subject }) => subject.startsWith("TEST: "))).toEqual(Array(3).fill(true));
  const order = page.url().split("/").at(-1)?.split("?")[0] ?? "";
  const stored = await story.stack.orders.get(order);
  expect(JSON.stringify(stored)).not.toContain("agency.example");
  expect(stored?.testers.at(-1)).toMatch(/^t-/);
});

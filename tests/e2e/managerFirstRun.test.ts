import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { firstMail } from "../../services/manager/src/ui/templates/firstMail.ts";
import {
  badge,
  choose,
  expectAccessible,
  type ManagerStory,
  openStep,
  runStep,
  startManagerStory,
  startSend,
} from "./managerStory.ts";
import { expectReconciled } from "./story.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let story: ManagerStory;
beforeAll(async () => {
  story = await startManagerStory(0, { empty: true });
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const template = "SPRING27-main-news-EN";
const people =
  "id,First name,Last name,E-mail,Language\n1001,Ana,Ortiz,ana@first.example,English\n1002,Ben,Berg,ben@first.example,English\n";

const steps = (page: Page) => page.getByRole("region", { name: "First steps" });
const next = (page: Page) => page.getByRole("navigation", { name: "Next of the first steps" });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Fills a text field of a form of Settings. */
const fill = (page: Page, name: string, value: string) => page.getByRole("textbox", { name, exact: true }).fill(value);

/** A wrong value is refused at its field; the right one then takes its place. */
async function correct(page: Page, name: string, { wrong, sentence, right }: Record<string, string>): Promise<void> {
  await fill(page, name, wrong ?? "");
  await page.getByRole("textbox", { name, description: new RegExp(sentence ?? "") }).waitFor();
  await fill(page, name, right ?? "");
}

/** Saves the form of a new item, and follows the way to the next of the first steps once so many are done. */
async function save(page: Page, done: number, nextTitle: string): Promise<void> {
  await button(page, "Save").click();
  await page.getByText("Saved.").last().waitFor();
  await next(page).getByText(`First steps: ${done} of 10 are done.`).waitFor();
  await next(page).getByRole("link", { name: nextTitle }).click();
}

/** Says who the organisation is, and adds what a mailing needs, each by its form. */
async function enterSettings(page: Page): Promise<void> {
  await steps(page).getByRole("link", { name: "Say who you are" }).click();
  await page.getByRole("group", { name: "Organisation" }).getByRole("textbox", { name: "Name" }).fill("First Society");
  await save(page, 1, "Add a mail account");

  await page.getByRole("heading", { name: "Add mail account" }).waitFor();
  await fill(page, "Name", "office");
  await fill(page, "Sender name", "First Society");
  await correct(page, "Sender address", {
    wrong: "office",
    sentence: "is not a mail address",
    right: "office@example.org",
  });
  await choose(page, "Encryption", /^None/);
  await page.getByRole("switch", { name: /^The provider signs/ }).click();
  await page.getByRole("textbox", { name: /^Rate/ }).fill("50");
  await save(page, 2, "Add the languages");

  await page.getByRole("heading", { name: "Add language" }).waitFor();
  await correct(page, "Code", { wrong: "english", sentence: "two capital letters", right: "EN" });
  await fill(page, "Name", "English");
  await fill(page, "Language tag", "en");
  await page.getByRole("switch", { name: "For everyone" }).click();
  await save(page, 3, "Add a pool");

  await page.getByRole("heading", { name: "Add pool" }).waitFor();
  await fill(page, "Name", "everyone");
  await button(page, "Add an attribute").click();
  await choose(page, "Attribute 1", "Everyone");
  await save(page, 4, "Add a stage");

  await page.getByRole("heading", { name: "Add stage" }).waitFor();
  await fill(page, "Name", "news");
  await fill(page, "Description", "News for all");
  await save(page, 5, "Add an event");

  await page.getByRole("heading", { name: "Add event" }).waitFor();
  await correct(page, "Code", { wrong: "SPRING 27", sentence: "etters", right: "SPRING27" });
  await fill(page, "Name", "Spring 2027");
  await fill(page, "Name of the new entry of Sub-events", "main");
  await page.getByRole("group", { name: "Sub-events" }).getByRole("button", { name: "Add" }).click();
  await choose(page, "Pool", /^everyone/);
  await choose(page, "In person", "Yes");
  await save(page, 6, "Bring in the people");
}

async function importPeople(page: Page): Promise<void> {
  await page
    .getByLabel("File with people")
    .setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(people) });
  await page.getByRole("heading", { name: "Import of people.csv" }).waitFor();
  await button(page, "Check the file").click();
  await button(page, "Import: add 2 people").click();
  await page.getByRole("region", { name: "What was imported" }).waitFor();
  await next(page).getByRole("link", { name: "Upload a template" }).click();
}

async function uploadTemplate(page: Page): Promise<void> {
  await button(page, "New template").click();
  const dialog = page.getByRole("dialog", { name: "New template" });
  const written = firstMail.replace(/\{\{.*?\}\}/, "Our first news.");
  await dialog.waitFor();
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: `${template}.html`, mimeType: "text/html", buffer: Buffer.from(written) });
  await dialog.getByText(`Its name: ${template}`).waitFor();
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.waitForURL((url) => url.pathname === `/templates/${template}`);
  await next(page).getByRole("link", { name: "Create a work order" }).click();
}

/** The id of the order. */
async function createOrder(page: Page): Promise<string> {
  await choose(page, "Event", /SPRING27/);
  await choose(page, "Sub-event", "main");
  await choose(page, "Stage", /^news/);
  await page.getByRole("textbox", { name: /^Subject in English/ }).fill("Our first news");
  await choose(page, "Account", /^office/);
  await fill(page, "Another address", "press@example.org");
  await button(page, "Add").click();
  await page.getByRole("group", { name: "Testers" }).getByText("press@example.org").waitFor();
  await button(page, "Create").click();
  await page.getByRole("heading", { name: "SPRING27 · main · news" }).waitFor();
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

test("acceptance 136: an empty organisation comes to its first sent mailing by forms and clicks alone, without Mailchimp", async () => {
  const { page, expects } = await story.visit("Ada Admin", "/");
  // A wrong value is refused by the check while it is typed.
  expects(/the server responded with a status of 422/);
  await steps(page).getByText("0 of 10 are done.").waitFor();
  await expectAccessible(page, "first steps");
  await enterSettings(page);
  await importPeople(page);
  await uploadTemplate(page);
  const id = await createOrder(page);

  await badge(page.getByRole("link", { name: /^Prepare / }), "Waits for Count").waitFor();
  for (const step of ["Count", "Prepare", "Dry-Run", "Test"]) await runStep(page, step);
  const panel = await openStep(page, "Send-Once");
  await startSend(page);
  await badge(panel, "Complete").waitFor({ timeout: 60_000 });
  const sent = await story.operator.until(id, ({ steps }) => steps.Send.status === "complete", 30);
  expectReconciled(story.stack, sent);
  expect(sent.steps.Send.languages?.["EN"]).toMatchObject({ sent: 2, failed: 0 });

  await panel.getByRole("button", { name: /^Recipients in EN, 2/ }).click();
  await page.getByRole("row", { name: /Ana Ortiz.*Sent/ }).waitFor();
  await page.goto(`${story.stack.managerUrl}/`);
  await page
    .getByRole("row", { name: /SPRING27/ })
    .getByText("2 of 2")
    .waitFor();
  expect(await steps(page).count()).toBe(0);
});

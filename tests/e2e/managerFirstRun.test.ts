import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { firstMail } from "../../services/manager/src/ui/templates/firstMail.ts";
import { expectAccessible, type ManagerStory, startManagerStory } from "./managerStory.ts";
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
/** What the forms would take one by one. */
const settings = `emailAgentConfiguration: 1
accounts:
  office:
    fromName: Example Society
    fromAddress: office@example.org
    security: none
    providerSigns: true
    ratePerSecond: 50
events:
  SPRING27:
    name: Spring 2027
    subEvents:
      main: {}
    config:
      pool: everyone
      inPerson: true
testers:
  press:
    label: Press office
    email: press@example.org
settings:
  organisation:
    name: Example Society
`;

const steps = (page: Page) => page.getByRole("region", { name: "First steps" });
const choose = (page: Page, name: string, option: string) =>
  page.getByRole("combobox", { name, exact: true }).selectOption(option);

test("acceptance 136: an empty organisation comes to its first sent mailing by its pages alone, without Mailchimp", async () => {
  const { page } = await story.visit("Ada Admin", "/");
  await steps(page).getByText("0 of 10 are done.").waitFor();
  await expectAccessible(page, "first steps");
  await steps(page)
    .getByRole("button", { name: /^Add the language English/ })
    .click();
  await steps(page).getByText("3 of 10 are done.").waitFor();

  await page.goto(`${story.stack.managerUrl}/settings/import`);
  await page.getByRole("textbox", { name: "Content of the file" }).fill(settings);
  await page.getByRole("button", { name: "Show what would change" }).click();
  await page.getByText("4 new, 0 changed, 0 removed, 0 unchanged.").waitFor();
  await expectAccessible(page, "import");
  await page.getByRole("button", { name: "Import 4 changes" }).click();
  await page.getByText("Nothing: all 4 items are as in the file.").waitFor();

  await page.goto(`${story.stack.managerUrl}/`);
  await steps(page).getByText("6 of 10 are done.").waitFor();
  await steps(page).getByRole("link", { name: "Bring in the people" }).click();
  await page
    .getByLabel("File with people")
    .setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(people) });
  await page.getByRole("heading", { name: "Import of people.csv" }).waitFor();
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("button", { name: "Import: add 2 people" }).click();
  await page.getByRole("region", { name: "What was imported" }).waitFor();

  await page.goto(`${story.stack.managerUrl}/templates`);
  await page.getByRole("button", { name: "New template" }).click();
  const dialog = page.getByRole("dialog", { name: "New template" });
  const written = firstMail.replace(/\{\{.*?\}\}/, "Our first news.");
  await dialog.waitFor();
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: `${template}.html`, mimeType: "text/html", buffer: Buffer.from(written) });
  await dialog.getByText(`Its name: ${template}`).waitFor();
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.waitForURL((url) => url.pathname === `/templates/${template}`);

  await page.goto(`${story.stack.managerUrl}/`);
  await steps(page).getByText("8 of 10 are done.").waitFor();
  await steps(page).getByRole("link", { name: "Create a work order" }).click();
  await choose(page, "Event", "SPRING27");
  await choose(page, "Sub-event", "main");
  await choose(page, "Stage", "news");
  await page.getByRole("textbox", { name: /^Subject in English/ }).fill("Our first news");
  await choose(page, "Account", "office");
  await page.getByRole("group", { name: "Testers" }).getByText("Press office").click();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name: "SPRING27 · main · news" }).waitFor();
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const sent = await story.complete(id, "Count", "Prepare", "Dry-Run", "Test", "Send");
  expectReconciled(story.stack, sent);
  expect(sent.steps.Send.languages?.["EN"]).toMatchObject({ sent: 2, failed: 0 });

  await page.goto(`${story.stack.managerUrl}/`);
  await page.getByRole("row", { name: /SPRING27/ }).waitFor();
  expect(await steps(page).count()).toBe(0);
});

import { readFile } from "node:fs/promises";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { person, testerIds } from "../../infra/local/demo/people.ts";
import { demoTemplates } from "../../infra/local/demo/templates.ts";
import {
  badge,
  choose,
  expectAccessible,
  goNoGo,
  type ManagerStory,
  openStep,
  orderRow,
  recordLines,
  runStep,
  startManagerStory,
  stepPanel,
} from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let story: ManagerStory;
/** Path of the order that the first test creates. */
let path = "";
const mailing = "SUMMER26_evening_reg";
const languages = ["EN", "DE"] as const;

beforeAll(async () => {
  story = await startManagerStory(300);
  const { aws, tables, mailchimp } = story.stack;
  // A person whose name is a formula and needs quotes, and a template with a script.
  const formula = { ...person(10), id: "299999999", first: '=SUM("1",2)', last: "Ünal, Jr.", unsubscribe: false };
  const Item = { ...formula, email: "formula@example.org", practice: { newsletter: true }, programs: {} };
  await aws.dynamo.send(new PutCommand({ TableName: tables.PARTICIPANTS_TABLE, Item }));
  mailchimp.putTemplate(templateWith('<p>As it was mailed</p><script>document.title = "A script ran"</script>'));
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

/** The English template of the mailing, with this before its first heading. */
function templateWith(html: string) {
  const name = "SUMMER26-evening-reg-EN";
  const template = demoTemplates().find((one) => one.name === name)!;
  return { ...template, html: template.html.replace("<h1>", `${html}<h1>`) };
}

test("an order is created by keyboard and mouse, field by field", async () => {
  const { page } = await story.visit("Wren Writer", "/");
  await page.getByRole("link", { name: "New work order" }).click();
  await page.getByRole("heading", { name: "New work order" }).waitFor();

  const event = page.getByRole("combobox", { name: "Event", exact: true });
  await event.focus();
  await page.keyboard.type("Summer");
  expect(await event.inputValue()).toBe("SUMMER26");
  await event.getByRole("option", { name: "Summer Gathering 2026 (online) (SUMMER26)" }).waitFor({ state: "attached" });
  await choose(page, "Sub-event", "evening");
  await choose(page, "Stage", /^reg/);
  await page.getByText("German", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Italian" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("textbox", { name: "Subject in Italian" }).waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("textbox", { name: "Subject in Italian" }).waitFor({ state: "hidden" });
  await page.getByRole("textbox", { name: "Subject in English, behind “Registration:”" }).fill("*|FNAME|*, join us");
  await page.getByRole("textbox", { name: "Preview text in English" }).fill("Evenings by the fire");
  await page.getByRole("textbox", { name: /^Subject in German/ }).focus();
  await page.keyboard.type("Sommerabende");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Abende am Feuer");
  await page.getByRole("button", { name: "Move German up" }).click();
  await page.getByRole("button", { name: "Move English up" }).click();

  await choose(page, "Account", /^newsletter/);
  const greets = page.getByRole("switch", { name: /^Salutation by name/ });
  await greets.focus();
  await page.keyboard.press("Space");
  expect(await greets.isChecked()).toBe(false);
  await page.keyboard.press("Space");
  expect(await page.getByRole("switch", { name: /^Registration link present/ }).isChecked()).toBe(true);
  const testers = page.getByRole("group", { name: "Testers" });
  await testers.getByText("Tester 1").click();
  await testers.getByRole("checkbox", { name: "Tester 2" }).focus();
  await page.keyboard.press("Space");
  const continuous = page.getByRole("switch", { name: /^Continuous sending/ });
  await continuous.click();
  await page.getByLabel("Send until").fill("2035-06-01");
  await page.getByLabel("Time, in Europe/Berlin").fill("18:00");
  await page.getByRole("radiogroup", { name: "Again every" }).getByText("Other").click();
  await page.getByRole("textbox", { name: "Minutes" }).fill("30");
  await continuous.click();
  await page.getByRole("textbox", { name: "Revision" }).fill("2");
  await page.getByRole("textbox", { name: "Revision" }).fill("");
  await page.getByRole("button", { name: "Create" }).click();

  await page.getByRole("heading", { name: "SUMMER26 · evening · reg" }).waitFor();
  path = new URL(page.url()).pathname;
  const order = await story.stack.orders.get(path.split("/").at(-1) ?? "");
  expect(order).toMatchObject({
    ...{ eventCode: "SUMMER26", subEvent: "evening", stage: "reg", inPerson: false, account: "newsletter" },
    languages: ["EN", "DE"],
    subjects: { EN: "*|FNAME|*, join us", DE: "Sommerabende" },
    previewTexts: { EN: "Evenings by the fire", DE: "Abende am Feuer" },
    testers: testerIds.slice(0, 2),
    ...{ salutationByName: true, regLinkPresent: true, sendContinuously: false, createdBy: "writer" },
  });
  expect(order?.revision).toBeUndefined();
});

test("its five steps run to mails in the inbox, seen live, and every number agrees with the inbox", async () => {
  const { inbox } = story.stack;
  const { page } = await story.visit("Wren Writer", path);
  await runStep(page, "Count");
  await stepPanel(page, "Count")
    .getByRole("row", { name: "Unsubscribed; gets only service mail of events they booked" })
    .waitFor();
  for (const step of ["Prepare", "Dry-Run", "Test"]) await runStep(page, step);
  expect(inbox.counts({ test: true })).toEqual(
    languages.map((code) => ({ mailingKey: `${mailing}_${code}`, test: true, messages: 2, recipients: 2 })),
  );

  const panel = await openStep(page, "Send-Once");
  await panel.getByRole("button", { name: "Start Send-Once" }).click();
  const dialog = goNoGo(page);
  const field = dialog.getByRole("textbox", { name: /^Type [\d,]+ to confirm$/ });
  await field.waitFor();
  await expectAccessible(page, "go/no-go");
  const go = dialog.getByRole("button", { name: /^Send-Once: \d+ mails$/ });
  const number = Number(/\d+/.exec((await go.textContent()) ?? "")?.[0]);
  await dialog.getByText(`${number} mails will be sent`).waitFor();
  await field.fill(String(number + 1));
  await dialog.getByText(`That is not ${number}.`).waitFor();
  expect(await go.getAttribute("aria-disabled")).toBe("true");
  await field.fill(String(number));

  // Slow enough to be looked at.
  inbox.script({ phase: "dot", delayMilliseconds: 200, times: "always" });
  const lines = await recordLines(panel);
  await go.click();
  const seen = await vi.waitUntil(
    async () => {
      const numbers = (await lines())
        .filter((line) => /^\d+ sent$/.test(line))
        .map((line) => Number.parseInt(line, 10));
      return numbers.length > 2 && numbers;
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(await badge(panel, "Working").isVisible()).toBe(true);
  expect(seen).toEqual(seen.toSorted((one, other) => one - other));
  const progress = page.getByRole("region", { name: "Sending progress" });
  await progress.getByText(/^[\d.,]+ a (second|minute)$/).waitFor();
  expect(await progress.textContent()).toMatch(/ a (second|minute) · [\d,]+ of /);
  // Also to the user who pressed Start a moment ago.
  await progress.getByText(/^finishes about \d/).waitFor({ timeout: 8000 });
  inbox.clearScripts();
  await badge(panel, "Complete").waitFor({ timeout: 30_000 });

  const reconciliation = page.getByRole("region", { name: "Reconciliation" });
  expect(inbox.duplicates({ test: false })).toEqual([]);
  let total = 0;
  for (const code of languages) {
    const arrived = inbox.messages({ mailing: `${mailing}_${code}`, test: false }).length;
    total += arrived;
    await panel.getByRole("button", { name: `Recipients in ${code}, ${arrived}` }).waitFor();
    await reconciliation.getByRole("button", { name: `Eligible in ${code}: ${arrived}.` }).waitFor();
    await reconciliation.getByRole("button", { name: `Sent in ${code}: ${arrived}.` }).waitFor();
    await reconciliation.getByRole("row", { name: new RegExp(`^${code} .*yes`) }).waitFor();
  }
  expect(total).toBe(number);
});

test("the recipients window finds people, and its CSV opens with names that are formulas harmless and whole", async () => {
  const { inbox } = story.stack;
  const { page } = await story.visit("Wren Writer", `${path}?step=Send`);
  const arrived = inbox.messages({ mailing: `${mailing}_EN`, test: false });
  const germans = inbox.messages({ mailing: `${mailing}_DE`, test: false }).length;
  await page.getByRole("button", { name: `Recipients in EN, ${arrived.length}` }).click();
  const list = page.getByRole("dialog", { name: /^Recipients of this mailing · SUMMER26 · evening · reg/ });
  await list.getByRole("table", { name: "Recipients of this mailing, EN" }).waitFor();
  await expectAccessible(page, "recipients window");
  await list.getByRole("searchbox", { name: "Search" }).fill("formula@");
  await list.getByRole("cell", { name: '=SUM("1",2) Ünal, Jr.' }).waitFor();
  await list.getByText("1 found among all").waitFor();
  // At once: a search that was just cleared stays so when the list changes before typing has paused.
  await list.getByRole("searchbox", { name: "Search" }).fill("");
  await list.getByRole("combobox", { name: "Status" }).selectOption("Failed");
  await list.getByText("No one has the status “Failed”.").waitFor();
  expect(await list.getByRole("searchbox", { name: "Search" }).inputValue()).toBe("");
  await list.getByRole("button", { name: "Show the whole list" }).click();
  await list.getByText(new RegExp(`^(1 to \\d+ of )?${arrived.length}( people)?$`)).waitFor();

  const downloading = page.waitForEvent("download");
  await list.getByRole("link", { name: "Download CSV" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("SUMMER26_evening_reg_EN-Send.csv");
  const text = await readFile(await download.path(), "utf8");
  expect(text.startsWith("\uFEFF")).toBe(true);
  const [header, ...rows] = parseCsv(text.slice(1));
  expect(header?.slice(0, 5)).toEqual(["Participant ID", "Name", "Email", "Language", "Status"]);
  expect(header?.slice(5, 9)).toEqual(["Reason", "Response", "Time (Europe/Berlin)", "Message-ID"]);
  const cameBack = ["Came back", "Reply of the bounce", "Came back at (Europe/Berlin)"];
  expect(header?.slice(9)).toEqual([...cameBack, "Complained at (Europe/Berlin)"]);
  expect(rows.map(([, , email]) => email?.toLowerCase()).sort()).toEqual(arrived.map(({ to }) => to[0]).sort());
  const formula = rows.find((row) => row[2] === "formula@example.org");
  expect(formula?.[1]).toBe('\'=SUM("1",2) Ünal, Jr.');
  expect(rows.filter(([, name = ""]) => /^[=+\-@\t]/.test(name))).toEqual([]);

  await page.getByRole("button", { name: "Close the recipients" }).click();
  await list.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "History" }).click();
  const history = page.getByRole("list", { name: "History, newest first" });
  await history.waitFor();
  for (const line of ["Started Count by Wren Writer", "Prepare was completed", "Started Send by Wren Writer"])
    await history.getByRole("listitem").filter({ hasText: line }).waitFor();
  await history.getByText(`${arrived.length + germans} sent`).waitFor();
  await expectAccessible(page, "order page after Send");
});

test("acceptance 36: the view page shows what was mailed, also after a later Prepare, and no script runs there", async () => {
  const { inbox, mailchimp } = story.stack;
  const [mail] = inbox.messages({ mailing: `${mailing}_EN`, test: false });
  const { html = "", subject = "" } = await inbox.parsed(mail!.id);
  const linkTo = (page: string) =>
    new URL(new RegExp(`href="(http[^"]+/${page}/[^"]+)"`).exec(html)?.[1] ?? "").pathname;
  mailchimp.putTemplate(templateWith("<p>As it would be mailed now</p>"));
  await story.complete(path.split("/").at(-1)!, "Prepare");

  const { page, expects } = await story.visit("visitor", linkTo("view"));
  expects(/Blocked script execution/);
  await page.getByText("As it was mailed").waitFor();
  expect(await page.getByText("As it would be mailed now").count()).toBe(0);
  expect(await page.title()).toBe(subject);
  expect(await page.getByText("View this email in your browser").count()).toBe(0);
  const asked = await story.visit("visitor", linkTo("u"));
  await asked.page.getByRole("button", { name: "Unsubscribe" }).waitFor();
  // No script runs there, not even the one that checks: it looks at a copy.
  const copy = await story.browser.newPage();
  await copy.setContent(await asked.page.content());
  await expectAccessible(copy, "unsubscribe page");
  await copy.close();
});

test("an order is archived and restored; one that mailed anyone is not deleted, one that did not is", async () => {
  const { page, expects } = await story.visit("Wren Writer", "/");
  expects(/the server responded with a status of 409/);
  const act = async (place: Page | Locator, name: string, action: string) => {
    await place.getByRole("button", { name: `Actions for ${name}` }).click();
    await page.getByRole("menuitem", { name: action }).click();
  };
  const name = "SUMMER26 evening reg";
  await badge(orderRow(page, name), "Next: Dry-Run").waitFor();
  await act(page, name, "Archive");
  await page.getByText(`${name} was archived.`).waitFor();
  await orderRow(page, name).waitFor({ state: "hidden" });
  // The focus goes on to the row that took its place.
  await page.locator("tr button:focus").waitFor();
  await page.getByRole("button", { name: "Archived orders (1)" }).click();
  const archive = page.getByRole("dialog", { name: "Archived orders" });
  await orderRow(archive, name).waitFor();
  await expectAccessible(page, "archived orders");
  await act(archive, name, "Restore");
  await archive.getByText("Nothing is archived.").waitFor();
  await expect
    .poll(() => archive.evaluate((element: { matches(selector: string): boolean }) => element.matches(":focus")))
    .toBe(true);
  await archive.getByRole("button", { name: "Close" }).click();
  await orderRow(page, name).waitFor();

  await orderRow(page, name)
    .getByRole("button", { name: `Actions for ${name}` })
    .click();
  const kept = page.getByRole("menuitem", { name: "Delete: its Send was started" });
  expect(await kept.getAttribute("aria-disabled")).toBe("true");
  await page.keyboard.press("Escape");

  await act(page, "SUMMER26 main confirm", "Delete …");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("SUMMER26 main confirm was deleted.").waitFor();
  await orderRow(page, "SUMMER26 main confirm").waitFor({ state: "hidden" });
  await expect(story.order("SUMMER26", "confirm")).rejects.toThrow();
});

/** Rows of cells, by RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  // Behind the last line end there is nothing.
  return rows.filter((cells) => cells.length > 1);
}

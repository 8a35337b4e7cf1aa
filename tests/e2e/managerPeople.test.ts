import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { type SkipReason, skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { person } from "../../infra/local/demo/people.ts";
import { badge, expectAccessible, type ManagerStory, openStep, startManagerStory } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000 });

const suffix = "Quillfeather";
const at = "2026-03-01T08:00:00.000Z";

let story: ManagerStory;
let order: WorkOrder;
/** Someone of the Send and the language of the mail, by what became of it: which language meets a fault is not known. */
const mailed = new Map<string, { readonly id: string; readonly language: string }>();
const mailedAs = (status: string) => mailed.get(status) ?? { id: "", language: "" };

/** Someone the registration mail in English is for. */
const reader = (id: string, fields: object = {}) => ({
  ...{ id, first: "Xavi", last: `${suffix} ${id}`, email: `${id}@example.org`, writtenLangPref: "English" },
  ...{ practice: { newsletter: true }, programs: { SUMMER26: { join: false } } },
  ...fields,
});

const leftOut: Readonly<Record<Exclude<SkipReason, "failed-before">, object>> = {
  "already-received": { emails: { SUMMER26_main_reg_EN: at } },
  forgotten: { forgotten: at },
  "invalid-record": { unsubscribe: "perhaps" },
  unsubscribed: { unsubscribe: true, unsubscribedAt: at },
  "no-address": { email: "" },
  suppressed: { suppression: { address: "out-suppressed@example.org", code: "5.1.1", at } },
  language: {},
  "event-pool": { practice: { newsletter: false } },
  "stage-pool": { programs: { SUMMER26: { join: true } } },
};
const reasons = skipReasons.filter((reason) => reason !== "failed-before");

/** A Send in which one mail is refused permanently, and one gets no reply. */
beforeAll(async () => {
  story = await startManagerStory(30);
  const { aws, tables, inbox } = story.stack;
  const put = (Item: object) => aws.dynamo.send(new PutCommand({ TableName: tables.PARTICIPANTS_TABLE, Item }));
  for (const reason of reasons) await put(reader(`out-${reason}`, leftOut[reason]));
  order = await story.order("SUMMER26", "reg");
  await story.complete(order.id, "Count", "Prepare", "Dry-Run", "Test");
  inbox.script({ phase: "dot", cut: "close", keep: true });
  inbox.script({ phase: "rcpt", reply: "550 5.7.1 This message looks like spam to us" });
  await story.complete(order.id, "Send");
  for (const language of order.languages)
    for await (const page of deliveries(aws, tables).all(mailingKey(order, language)))
      for (const { status, participantId: id } of page) mailed.set(status, { id, language });
}, 180_000);
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const table = (page: Page, name = "Mailings") => page.getByRole("table", { name, exact: true });

/** What the page of a person says of this mailing in a language. */
function mailing(page: Page, language: string) {
  return table(page)
    .getByRole("row", { name: /^SUMMER26 · main · reg / })
    .filter({ has: page.getByRole("cell", { name: language, exact: true }) });
}

test("someone is found by words of the name and by the keyboard, and the page says that they got the mail", async () => {
  const { id, language } = mailedAs("sent");
  const { page, expects } = await story.visit("Wren Writer", "/");
  // Going back, Chromium asks for /favicon.ico while the page replaces its icon.
  expects(/status of 404/);
  await page.getByRole("banner").getByRole("link", { name: "People" }).click();
  const field = page.getByRole("searchbox", { name: "Find people" });
  await field.fill(id);
  await page.getByText("1 person", { exact: true }).waitFor();
  await field.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/people/${id}`);
  const row = mailing(page, language);
  await badge(row, "Sent").waitFor();
  await row.getByText(/^Message-ID <.+@.+>$/).waitFor();
  await row.getByText(/250/).waitFor();
  await row.getByRole("link").click();
  await page.waitForURL(`**/work-orders/${order.id}`);
  await page.goBack();
  await page.goBack();
  await page.getByText("1 person", { exact: true }).waitFor();
  expect(await field.inputValue()).toBe(id);
  await field.fill("zzz zzz");
  await page.getByText("No one fits “zzz zzz”.").waitFor();
});

test("acceptance 100: failed and in doubt are said with the reply of the server, a Test apart from Sends", async () => {
  const [failed, inDoubt] = [mailedAs("failed"), mailedAs("in-doubt")];
  const { page } = await story.visit("Wren Writer", `/people/${failed.id}`);
  await badge(mailing(page, failed.language), "Failed").waitFor();
  await mailing(page, failed.language).getByText("550 5.7.1 This message looks like spam to us").waitFor();
  await page.goto(`${story.stack.managerUrl}/people/${inDoubt.id}`);
  await badge(mailing(page, inDoubt.language), "In doubt").waitFor();
  await page.goto(`${story.stack.managerUrl}/people/${person(0).id}`);
  await badge(table(page, "Tests").getByRole("row").nth(1), "Sent").waitFor();
  await badge(mailing(page, "EN"), "Left out").waitFor();
});

test("acceptance 100: each reason for which the person is left out is said, with what their record says of it", async () => {
  const { page } = await story.visit("Wren Writer", "/people");
  for (const reason of reasons) {
    await page.goto(`${story.stack.managerUrl}/people/out-${reason}`);
    const row = mailing(page, reason === "language" ? "SP" : "EN");
    const words =
      reason === "already-received"
        ? "Another application has recorded that this person got it."
        : skipReasonWords(reason);
    await row.getByText(words, { exact: true }).waitFor();
  }
  for (const [reason, title] of [
    ["unsubscribed", "Unsubscribed"],
    ["suppressed", "Suppressed"],
    ["forgotten", "Forgotten"],
    ["invalid-record", "The record cannot be read"],
  ] as const) {
    await page.goto(`${story.stack.managerUrl}/people/out-${reason}`);
    await page.getByRole("alert").getByText(title, { exact: true }).waitFor();
  }
  await expectAccessible(page, "a person");
  const pools = page.getByRole("region", { name: "Pools" });
  await pools.getByRole("combobox", { name: "Event" }).selectOption("SUMMER26");
  await pools.getByText("summer-audience accepts").waitFor();
  await pools.getByText("In the pool newsletter").waitFor();
  await page.goto(`${story.stack.managerUrl}/people?q=${suffix}`);
  await page.getByText(`${reasons.length} people`).waitFor();
  await expectAccessible(page, "people found");
});

test("from a number of people left out to the people, and from one of them to their page", async () => {
  const { page } = await story.visit("Wren Writer", `/work-orders/${order.id}`);
  const panel = await openStep(page, "Count");
  await panel.getByRole("button", { name: /in EN: Address does not exist/ }).click();
  const list = page.getByRole("dialog", { name: /^Currently left out/ });
  await list.getByRole("link", { name: `Xavi ${suffix} out-suppressed` }).click();
  await page.waitForURL("**/people/out-suppressed");
  await page.getByRole("heading", { level: 1, name: new RegExp(`Xavi ${suffix} out-suppressed`) }).waitFor();
});

test("a user without the right People has no link, no page and no data of them", async () => {
  const { page, expects } = await story.visit("Reed Reader", "/people");
  await page.getByText("You may not open the pages of people").waitFor();
  expect(await page.getByRole("banner").getByRole("link", { name: "People" }).count()).toBe(0);
  expects(/403/);
  const status = await page.evaluate("fetch('/api/people').then(({ status }) => status)");
  expect(status).toBe(403);
  await page.goto(`${story.stack.managerUrl}/work-orders/${order.id}?step=Send&list=send&language=EN`);
  const list = page.getByRole("dialog", { name: /^Recipients of this mailing/ });
  await list.getByRole("row").nth(1).waitFor();
  expect(await list.getByRole("table").getByRole("link").count()).toBe(0);
});

import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { badge, expectAccessible, goNoGo, type ManagerStory, startManagerStory, stepPanel } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 150_000 });

let story: ManagerStory;
let order: WorkOrder;

/** A complete Send. Then six mails are as a sender leaves them that is lost, and four as a server that refuses them. */
beforeAll(async () => {
  story = await startManagerStory(60);
  order = await story.order("SUMMER26", "reg");
  await story.complete(order.id, "Count", "Prepare", "Dry-Run", "Test", "Send");
  const sent = await withStatus("sent");
  const [{ language } = { language: "" }] = sent;
  const some = sent.filter((one) => one.language === language);
  for (const one of some.slice(0, 6)) await leave(one, "in-doubt", undefined);
  for (const one of some.slice(6, 10)) await leave(one, "failed", "550 5.7.1 This message looks like spam to us");
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const address = (query = "") => `/work-orders/${order.id}?step=Send${query}`;
const recipients = (page: Page) => page.getByRole("dialog", { name: /^Recipients of this mailing/ });
const reconciliation = (page: Page) => page.getByRole("region", { name: "Reconciliation" });

/** Mails of mailings; a notice to the starter is none. */
const mailsOfMailings = () => story.stack.inbox.messages({ test: false }).filter(({ mailingKey }) => mailingKey !== "");

async function withStatus(status: string) {
  const found: { language: string; participantId: string; pk: string }[] = [];
  const ledger = deliveries(story.stack.aws, story.stack.tables);
  for (const language of order.languages)
    for await (const page of ledger.all(mailingKey(order, language)))
      found.push(...page.filter((one) => one.status === status).map((one) => ({ ...one, language })));
  return found;
}

/** A quarter of an hour ago, unless told. */
async function leave(
  { pk, participantId }: { readonly pk: string; readonly participantId: string },
  status: string,
  reply: string | undefined,
  minutesAgo = 16,
) {
  const at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  await story.stack.aws.dynamo.send(
    new UpdateCommand({
      TableName: story.stack.tables.DELIVERIES_TABLE,
      Key: { pk, participantId },
      UpdateExpression:
        "SET #status = :status, attention = :attention, sendingAt = :at, endedAt = :at, smtpResponse = :reply, smtpCode = :code, #permanent = :permanent",
      ExpressionAttributeNames: { "#status": "status", "#permanent": "permanent" },
      ExpressionAttributeValues: {
        ":status": status,
        ":attention": `${pk.slice(0, pk.lastIndexOf("#"))}#${status}`,
        ":at": at,
        ":reply": reply ?? null,
        ":code": reply ? 550 : null,
        ":permanent": reply ? true : null,
      },
    }),
  );
}

/** The language with most mails of a status, and how many they are. */
async function largest(status: string) {
  const all = Map.groupBy(await withStatus(status), ({ language }) => language);
  const [language = "", mails = []] = [...all].sort(([, one], [, other]) => other.length - one.length)[0] ?? [];
  return { language, mails: mails.length };
}

async function answer(page: Page, choice: "They were received" | "They were not received") {
  const dialog = page.getByRole("dialog", { name: /in doubt: (was it|were they) received\?$/ });
  await dialog.getByRole("radio", { name: choice }).check();
  await dialog.getByLabel("Reason").fill("Found in the log of the mail server");
  await dialog.getByRole("button", { name: /^Resolve \d+ mails?$/ }).click();
  return dialog;
}

test("acceptance 180: all mails in doubt of one cause are resolved at once, and set back", async () => {
  const { page } = await story.visit("Wren Writer", address());
  const place = reconciliation(page);
  await place.getByRole("button", { name: "Resolve these… 6 mails of this cause" }).click();
  await expectAccessible(page, "bulk resolution");
  await (await answer(page, "They were received")).waitFor({ state: "hidden" });
  const done = place.getByRole("region", { name: "Resolved many at once" });
  await done.getByText(/^6 mails received: Found in the log of the mail server\. Wren Writer/).waitFor();
  expect(await withStatus("in-doubt")).toEqual([]);
  await done.getByRole("button", { name: "Undo" }).click();
  await done.getByText(/Set back by Wren Writer/).waitFor();
  expect(await withStatus("in-doubt")).toHaveLength(6);
  await place.getByRole("button", { name: "Resolve these… 6 mails of this cause" }).waitFor();
});

test("mails in doubt that are too young are not resolved, and the dialog says so and keeps what was entered", async () => {
  const doubts = await withStatus("in-doubt");
  for (const one of doubts) await leave(one, "in-doubt", undefined, 1);
  const { page } = await story.visit("Wren Writer", address());
  const button = reconciliation(page).getByRole("button", { name: "Resolve these… 6 mails of this cause" });
  await button.click();
  const dialog = await answer(page, "They were received");
  await dialog.getByText(/^No mail was resolved\. 6 mails can be resolved only later: 15 minutes after/).waitFor();
  expect(await dialog.getByRole("textbox", { name: "Reason" }).inputValue()).not.toBe("");
  expect(await withStatus("in-doubt")).toHaveLength(6);
  for (const one of doubts) await leave(one, "in-doubt", undefined);
});

test("a range of a list is selected with Shift, by mouse and by keyboard", async () => {
  const { language, mails } = await largest("in-doubt");
  expect(mails).toBeGreaterThanOrEqual(3);
  const { page } = await story.visit("Wren Writer", address(`&list=send&language=${language}&status=in-doubt`));
  const list = recipients(page);
  const boxes = list.getByRole("checkbox", { name: /^Select (?!all)/ });
  await boxes.first().click();
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  await list.getByRole("button", { name: "Resolve selected (3)…" }).waitFor();
  await boxes.nth(2).focus();
  await page.keyboard.press("Space");
  await boxes.first().focus();
  await page.keyboard.press("Shift+Space");
  await list.getByRole("button", { name: "Resolve selected (0)…" }).waitFor();
  await boxes.nth(1).focus();
  await page.keyboard.press("Space");
  await boxes.nth(2).focus();
  await page.keyboard.press("Shift+Space");
  await expectAccessible(page, "selected rows");
  await list.getByRole("button", { name: "Resolve selected (2)…" }).click();
  await (await answer(page, "They were not received")).waitFor({ state: "hidden" });
  await expect.poll(async () => (await withStatus("in-doubt")).length).toBe(4);
});

test("acceptance 181: failed mails that are selected are sent again, and no others", async () => {
  const { language } = await largest("failed");
  const before = mailsOfMailings().length;
  const { page } = await story.visit("Wren Writer", address(`&list=send&language=${language}&status=failed`));
  const list = recipients(page);
  await list
    .getByRole("checkbox", { name: /^Select (?!all)/ })
    .first()
    .click();
  await list.getByRole("button", { name: "Retry selected (1)…" }).click();
  const dialog = page.getByRole("dialog", { name: /^Before sending a selection again: / });
  await dialog.getByRole("button", { name: "Send-Once: 1 mail" }).click();
  await expect.poll(async () => (await withStatus("failed")).length, { timeout: 30_000 }).toBe(3);
  expect(mailsOfMailings()).toHaveLength(before + 1);
  await page.goto(`${story.stack.managerUrl}${address()}`);
  await badge(stepPanel(page, "Send-Once"), "Complete").waitFor();
  // What was resolved before this run stays.
  await reconciliation(page).getByText("Send has run since, so it stays.").waitFor();
  await reconciliation(page).getByRole("button", { name: "Retry these… 3 mails of this cause" }).click();
  await dialog.getByRole("button", { name: "Send-Once: 3 mails" }).waitFor();
  await page.keyboard.press("Escape");
  expect(await goNoGo(page).count()).toBe(0);
});

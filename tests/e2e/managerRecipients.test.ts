import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { shardKey } from "@email-agent/shared/domain/delivery/shards.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { badge, expectAccessible, goNoGo, type ManagerStory, startManagerStory, stepPanel } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000 });

let story: ManagerStory;
let order: WorkOrder;
let eligible = 0;

/** A Send of which two mails stay without an answer, one of them received and one not, and one is refused. */
beforeAll(async () => {
  story = await startManagerStory(60);
  const { inbox } = story.stack;
  order = await story.order("SUMMER26", "reg");
  await story.complete(order.id, "Count", "Prepare", "Dry-Run", "Test");
  inbox.script({ phase: "dot", cut: "close", keep: true });
  inbox.script({ phase: "dot", cut: "close", keep: false });
  inbox.script({ phase: "rcpt", reply: "550 5.7.1 This message looks like spam to us" });
  const { steps } = await story.complete(order.id, "Send");
  expect(steps.Send.counters).toMatchObject({ failed: 1, inDoubt: 2 });
  eligible = steps.Send.counters?.total ?? 0;
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const address = (query = "") => `/work-orders/${order.id}?step=Send${query}`;
const recipients = (page: Page) => page.getByRole("dialog", { name: /^Recipients of this mailing/ });
const question = (page: Page) => page.getByRole("dialog", { name: "Was this mail received?" });

/** The languages with mails in doubt, and the addresses of those. */
async function doubts() {
  const found: { language: string; participantId: string; email: string; name: string }[] = [];
  const ledger = deliveries(story.stack.aws, story.stack.tables);
  for (const language of order.languages)
    for await (const page of ledger.all(mailingKey(order, language)))
      found.push(...page.filter(({ status }) => status === "in-doubt").map((one) => ({ ...one, language })));
  return found;
}

test("who may only look sees the evidence with masked addresses, and can change nothing", async () => {
  const [first] = await doubts();
  const { page } = await story.visit("Reed Reader", address(`&list=send&language=${first?.language}&status=in-doubt`));
  const list = recipients(page);
  await list.getByRole("cell", { name: /^\S…@/ }).first().waitFor();
  await list.getByText("You do not have the right to export.").waitFor();
  await list
    .getByRole("button", { name: /^Evidence/ })
    .first()
    .click();
  const dialog = question(page);
  await dialog.getByText("Your role is Read Only: you can look at this mail, but not resolve it.").waitFor();
  expect(await dialog.getByText(first?.email ?? "").count()).toBe(0);
  for (const name of ["It was received", "It was not received"])
    expect(await dialog.getByRole("button", { name }).isDisabled()).toBe(true);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "hidden" });
  expect(await page.getByRole("button", { name: /^Retry/ }).getAttribute("aria-disabled")).toBe("true");
});

test("mails in doubt are resolved by their evidence, not before 15 minutes have passed", async () => {
  const { page } = await story.visit("Wren Writer", address());
  const { aws, tables, inbox } = story.stack;
  for (const { language, participantId, email, name } of await doubts()) {
    await page.getByRole("button", { name: new RegExp(`^In doubt in ${language}: `) }).click();
    const list = recipients(page);
    await list.getByRole("button", { name: `Resolve: ${name}` }).click();
    const dialog = question(page);
    await dialog.getByText(/^The response may still arrive/).waitFor();
    expect(await dialog.getByRole("button", { name: "It was received" }).isDisabled()).toBe(true);
    await expectAccessible(page, "resolve dialog");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });

    // A quarter of an hour later.
    const sendingAt = new Date(Date.now() - 16 * 60_000).toISOString();
    await aws.dynamo.send(
      new UpdateCommand({
        TableName: tables.DELIVERIES_TABLE,
        Key: { pk: shardKey(mailingKey(order, language), participantId), participantId },
        UpdateExpression: "SET sendingAt = :at",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":at": sendingAt },
      }),
    );
    await list.getByRole("button", { name: "Refresh" }).click();
    await expect
      .poll(async () => {
        await list.getByRole("button", { name: `Resolve: ${name}` }).click();
        const isOpen = await dialog.getByRole("button", { name: "It was received" }).isEnabled();
        if (!isOpen) await page.keyboard.press("Escape");
        return isOpen;
      })
      .toBe(true);
    await dialog.getByText(email).waitFor();
    const arrived = inbox.messages({ mailing: mailingKey(order, language), test: false }).flatMap(({ to }) => to);
    const wasReceived = arrived.includes(email.toLowerCase());
    await dialog.getByRole("button", { name: wasReceived ? "It was received" : "It was not received" }).click();
    await list.getByText("Resolved by Wren Writer").first().waitFor();
    await page.goBack();
    await list.waitFor({ state: "hidden" });
  }
  expect(await doubts()).toEqual([]);
  await expect.poll(() => page.getByRole("button", { name: /in doubt in/ }).count()).toBe(0);
});

test("the failed are tried again from the reconciliation, and then everybody has the mailing once", async () => {
  const { page } = await story.visit("Wren Writer", address());
  const { inbox } = story.stack;
  const reconciliation = page.getByRole("region", { name: "Reconciliation" });
  await reconciliation.getByText("Starts Send again: it retries 2 failed or waiting mails").waitFor();
  await expectAccessible(page, "reconciliation");
  await reconciliation.getByRole("button", { name: /^Failed in \w\w: 1\./ }).click();
  await recipients(page)
    .getByRole("cell", { name: /550 5.7.1 This message looks like spam to us/ })
    .waitFor();
  await page.keyboard.press("Escape");
  await recipients(page).waitFor({ state: "hidden" });

  await reconciliation.getByRole("button", { name: "Retry: 2 mails" }).click();
  await goNoGo(page)
    .getByRole("button", { name: /^Send-Once: / })
    .click();
  await badge(stepPanel(page, "Send-Once"), "Complete").waitFor();
  await expect.poll(() => mailsOf(inbox.counts({ test: false })), { timeout: 20_000 }).toBe(eligible);
  expect(inbox.duplicates({ test: false })).toEqual([]);
  await expect.poll(() => reconciliation.getByText("✓ yes").count()).toBe(order.languages.length);
  expect(await reconciliation.getByRole("button", { name: /retry/i }).count()).toBe(0);
});

/** Mails of mailings: notices about a Send are in the inbox, too. */
function mailsOf(counts: readonly { readonly messages: number }[]): number {
  return counts.reduce((sum, { messages }) => sum + messages, 0);
}

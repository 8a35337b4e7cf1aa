import { bounces } from "@email-agent/shared/adapters/bounces.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { expectAccessible, type ManagerStory, orderRow, startManagerStory, stepPanel } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 150_000 });

let story: ManagerStory;
let order: WorkOrder;

beforeAll(async () => {
  story = await startManagerStory(30);
  order = await story.order("SUMMER26", "reg");
  await story.complete(order.id, "Count", "Prepare", "Dry-Run", "Test", "Send");
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

/** Lets the mail server of the recipient return a mail of the Send; who it was for, and in which language. */
async function comesBack(kind: "hard" | "complaint", place: number) {
  const { stack } = story;
  const mail = stack.inbox.messages({ test: false })[place];
  if (!mail) throw new Error(`The inbox has no mail ${place}.`);
  const response = await fetch(`${stack.inbox.url}/api/messages/${mail.id}/return?kind=${kind}`, { method: "POST" });
  expect(response.status).toBe(202);
  const store = bounces(stack.aws, stack.tables);
  const written = async () => {
    for (const language of order.languages)
      for await (const page of store.people(mailingKey(order, language)))
        for (const { participantId, bounced, complainedAt } of page)
          if (kind === "hard" ? bounced : complainedAt) return { participantId, language };
    return undefined;
  };
  return vi.waitUntil(written, { timeout: 30_000 });
}

test("acceptance 193: a bounce is on the page of the order and of the person, who is suppressed until a user lifts it", async () => {
  const { participantId, language } = await comesBack("hard", 0);
  const { page } = await story.visit("Wren Writer", `/work-orders/${order.id}?step=Send`);
  const panel = stepPanel(page, "Send-Once");
  const returned = page.getByRole("table", { name: "Of the sent mails came back" });
  await returned.waitFor();
  await panel.getByRole("button", { name: `1 bounced, hard in ${language}` }).click();
  const list = page.getByRole("dialog", { name: /^Recipients of this mailing/ });
  const row = list.getByRole("row", { name: /Bounced, hard/ });
  await row.getByText(/Came back .+ \(5\.1\.1\): .*user unknown/).waitFor();
  await expectAccessible(page, "returned mail");
  await row.getByRole("link").click();
  await page.waitForURL("**/people/*");
  await page.getByRole("heading", { name: "Mailings" }).waitFor();
  await page.getByRole("row", { name: /Bounced, hard/ }).waitFor();
  await page.getByText("Suppressed", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Lift the suppression…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("The mailbox exists again");
  await dialog.getByRole("button", { name: /^Lift/ }).click();
  await dialog.waitFor({ state: "hidden" });
  const stored = participants(story.stack.aws, story.stack.tables);
  expect((await stored.get(participantId))?.suppression ?? undefined).toBeUndefined();
});

test("a complaint is shown, and the person is unsubscribed by it", async () => {
  const { participantId } = await comesBack("complaint", 1);
  const { page } = await story.visit("Wren Writer", `/people/${encodeURIComponent(participantId)}`);
  await page.getByText(/because they marked a mail as spam/).waitFor();
  await page.getByRole("row", { name: /Complained/ }).waitFor();
  await page.goto(story.stack.managerUrl);
  await orderRow(page, "SUMMER26 main reg").getByText("2 came back").waitFor();
});

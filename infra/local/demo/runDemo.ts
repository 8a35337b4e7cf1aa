import { styleText } from "node:util";
import { stepNames } from "@email-agent/shared/domain/steps.ts";
import type { MailingCount } from "../inbox.ts";
import { enterStack, type StackAccess } from "../stackAccess.ts";
import { chooseOrder } from "./chooseOrder.ts";
import { driveStep } from "./driveStep.ts";
import { type InboxCount, reconcile, reconciliationTable } from "./reconcile.ts";
import { seedOrganisation } from "./seed.ts";
import { stepProgress } from "./stepProgress.ts";

export interface DemoOptions {
  /** The demo organisation is made at least this large first. */
  readonly participants: number;
  /** Where a person opens the inbox; default: where the demo itself reads it. */
  readonly inboxPage?: string;
}

/**
 * Drives the demo's work order through its five steps, by commands and the WebSocket only, and compares what the ledger
 * says with the inbox. True only if every step completed and every number agrees.
 */
export async function runDemo(access: StackAccess, options: DemoOptions): Promise<boolean> {
  if (access.isEmpty)
    throw new Error(
      "The running stack began empty (npm start -- --empty): the demo needs a stack with the demo organisation.",
    );
  await using stack = new AsyncDisposableStack();
  const { aws, orders, operator } = await enterStack(access, stack);
  const { total } = await seedOrganisation(aws.dynamo, access.tables, options.participants);

  const order = await chooseOrder(orders);
  const revision = order.revision === undefined ? "" : `, revision ${order.revision}`;
  say(
    `Work order ${order.eventCode} · ${order.subEvent} · ${order.stage}${revision} (${order.languages.join(", ")}), ${total} participants\n`,
  );
  for (const step of stepNames) {
    const progress = stepProgress(step);
    const ended = await driveStep(operator, order.id, step, progress.show);
    progress.end(ended);
    if (ended.steps[step].status !== "complete") return false;
  }

  const rows = reconcile(operator.seen(order.id) ?? order, await countInbox(access.inboxUrl));
  process.stdout.write(`\n${reconciliationTable(rows)}\n\n`);
  const agrees = rows.every((row) => row.disagreements.length === 0);
  say(
    agrees
      ? `Every number agrees. The mails: ${options.inboxPage ?? access.inboxUrl}`
      : "The numbers do not agree; the last column says where.",
  );
  return agrees;
}

/** What the inbox holds of each mailing, without the mails of Test. */
export async function countInbox(inboxUrl: string): Promise<Map<string, InboxCount>> {
  const response = await fetch(`${inboxUrl}/api/counts?test=false`);
  if (!response.ok) throw new Error(`The inbox at ${inboxUrl} returned ${response.status}.`);
  const { mailings } = (await response.json()) as { mailings: MailingCount[] };
  return new Map(mailings.map((one) => [one.mailingKey, one]));
}

function say(text: string): void {
  process.stdout.write(`${styleText("cyan", text)}\n`);
}

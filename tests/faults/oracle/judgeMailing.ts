import { isDeepStrictEqual } from "node:util";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { messageIdSubject } from "@email-agent/shared/domain/delivery/messageId.ts";
import type { Counters, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { SendFixture } from "../../../services/sender/testing/sendFixture.ts";
import { checkHistory } from "./checkHistory.ts";

/** What is asked of the product after a scenario. */
type Product = Pick<SendFixture, "ledger" | "orders" | "stack">;

export interface Expected {
  /** How many mails may be in doubt: those in flight at the fault. */
  readonly inDoubtAtMost: number;
  /** How many people the mailing is for, over all languages. */
  readonly people: number;
  /** How Send has ended; `complete` if absent. One that was interrupted may leave people for a later run. */
  readonly status?: "complete" | "interrupted";
}

/**
 * The rules that hold after every scenario, judged by what the SMTP server accepted with the final dot, whatever the sender
 * learnt: Send has ended as expected, no person has a mail twice, accepted = sent or in doubt, sent implies accepted, nothing is `sending`, and the step,
 * the ledger and the audit log have the same numbers, and the whole history is explainable (checkHistory.ts). Returns one
 * sentence for each violation.
 */
export async function judgeMailing(
  product: Product,
  { id }: Pick<WorkOrder, "id">,
  accepted: readonly string[],
  expected: Expected,
): Promise<string[]> {
  const order = await product.orders.get(id);
  if (!order) return [`The work order ${id} is gone.`];
  const counts = copiesByPerson(product.stack.config.PUBLIC_TOKEN_SECRET, accepted);
  const violations: string[] = [];
  const ledger: Delivery[] = [];
  for (const language of order.languages) {
    const deliveries = await product.ledger(order, language);
    ledger.push(...deliveries);
    violations.push(...judgeLedger(mailingKey(order, language), deliveries, counts));
  }
  const { Send } = order.steps;
  const { status = "complete" } = expected;
  if (Send.status !== status) violations.push(`Send is ${Send.status}: ${Send.message}`);
  if (order.unsettled) violations.push("The work order still has unsettled runs.");
  violations.push(...judgeNumbers(Send.counters, ledger, expected));
  const lines = await Array.fromAsync(audit(product.stack.aws, product.stack.config).lines(id));
  violations.push(...checkHistory({ order, audit: lines, ledger }));
  const line = lines.find(({ sk }) => sk === `E#${Send.runId}#Send`);
  if (!isDeepStrictEqual(line?.data?.["counters"], Send.counters) || line?.data?.["status"] !== Send.status)
    violations.push(
      `The audit log says ${JSON.stringify(line?.data)}, the step ${Send.status} ${JSON.stringify(Send.counters)}.`,
    );
  return violations;
}

/** Key: mailing key and participant. */
type Copies = ReadonlyMap<string, number>;

function copiesByPerson(secret: string, accepted: readonly string[]): Copies {
  const copies = new Map<string, number>();
  for (const message of accepted) {
    const [, messageId = ""] = /^message-id:\s*(\S+)/im.exec(message) ?? [];
    const subject = messageIdSubject(secret, messageId);
    // A mail of Test belongs to no mailing: testers may get several.
    if (subject?.runId !== undefined) continue;
    const key = subject ? `${subject.mailingKey} ${subject.participantId}` : `unknown ${messageId}`;
    copies.set(key, (copies.get(key) ?? 0) + 1);
  }
  return copies;
}

function judgeLedger(mailing: string, deliveries: readonly Delivery[], copies: Copies): string[] {
  const violations: string[] = [];
  const byPerson = new Map(deliveries.map((delivery) => [`${mailing} ${delivery.participantId}`, delivery.status]));
  for (const [person, count] of copies) {
    if (!person.startsWith(`${mailing} `)) continue;
    const status = byPerson.get(person) ?? "unknown";
    if (count > 1) violations.push(`${person} has ${count} mails (${status}).`);
    if (status !== "sent" && status !== "in-doubt") violations.push(`${person} has a mail and is ${status}.`);
  }
  for (const [person, status] of byPerson) {
    if (status === "sent" && !copies.has(person)) violations.push(`${person} is sent and has no mail.`);
    if (status === "sending") violations.push(`${person} is still being sent.`);
  }
  return violations;
}

function judgeNumbers(
  counters: Counters | undefined,
  ledger: readonly Delivery[],
  { people, inDoubtAtMost, status = "complete" }: Expected,
): string[] {
  const { total = 0, sent = 0, failed = 0, skipped = 0, inDoubt = 0 } = counters ?? {};
  const violations: string[] = [];
  const handled = sent + failed + skipped + inDoubt;
  const said = `The step says ${JSON.stringify(counters)}`;
  const isWhole = status === "complete";
  if (isWhole ? handled !== total : handled > total) violations.push(`${said}, which does not add up.`);
  if (isWhole ? total !== people : total > people) violations.push(`${said} of ${people} people.`);
  for (const [status, count] of [
    ["sent", sent],
    ["failed", failed],
    ["in-doubt", inDoubt],
  ] as const) {
    const found = ledger.filter((delivery) => delivery.status === status).length;
    if (found !== count) violations.push(`${said}, the ledger has ${found} ${status}.`);
  }
  if (inDoubt > inDoubtAtMost) violations.push(`${inDoubt} mails are in doubt, ${inDoubtAtMost} were in flight.`);
  return violations;
}

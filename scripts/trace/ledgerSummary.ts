import type { Aws } from "@email-agent/shared/adapters/aws.ts";
import { inParallel, queryPages } from "@email-agent/shared/adapters/queryPages.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { shardKeys } from "@email-agent/shared/domain/delivery/shards.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Operation } from "../ops/operation.ts";
import { patiently } from "../ops/tableWrites.ts";
import type { Entry } from "./entry.ts";

/** What the ledger says of one mailing in one language. */
export interface LedgerSummary {
  readonly mailing: string;
  readonly statuses: Readonly<Record<string, number>>;
  readonly bounced: number;
  readonly complained: number;
  readonly firstSentAt?: string;
  readonly lastSentAt?: string;
  /** Minute (`2026-03-01T08:00`) → mails sent in it. */
  readonly perMinute: Readonly<Record<string, number>>;
  /** Reply, without addresses → failed mails, most first. */
  readonly failures: Readonly<Record<string, number>>;
}

const lanes = 4;
/** Most different replies that are listed: a provider may put an id into each. */
const mostReplies = 2000;
/** Without name, address and Message-ID: what goes over the line is small. */
const fields = ["status", "endedAt", "smtpCode", "smtpResponse", "bounced", "complained"];

/** One pass over each mailing with a projection: memory does not grow with the number of people. */
export async function ledgerSummaries(operation: Operation, order: WorkOrder): Promise<LedgerSummary[]> {
  const found: LedgerSummary[] = [];
  for (const mailing of mailingsOf(order))
    for (const language of mailing.languages) {
      const summary = await summaryOf(operation, mailingKey(mailing, language));
      if (Object.keys(summary.statuses).length > 0) found.push(summary);
    }
  return found;
}

async function summaryOf(operation: Operation, key: string): Promise<LedgerSummary> {
  const { aws, tables, signal } = operation;
  const send = (query: never) => patiently(operation, "a query", () => aws.dynamo.send(query));
  const patient = { dynamo: { send } } as Pick<Aws, "dynamo">;
  const names = Object.fromEntries(fields.map((name, index) => [`#f${index}`, name]));
  const query = (pk: string) => ({
    ...{ TableName: tables.DELIVERIES_TABLE, KeyConditionExpression: "pk = :pk" },
    ProjectionExpression: Object.keys(names).join(","),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ":pk": pk },
  });
  const [statuses, perMinute, failures] = [tally(), tally(), tally()];
  let [first, last, bounced, complained] = ["~", "", 0, 0];
  const sources = shardKeys(key).map((pk) => () => queryPages(patient, query(pk), signal));
  for await (const page of inParallel(lanes, sources))
    for (const { status, endedAt = "", smtpCode, smtpResponse, ...more } of page) {
      statuses.add(status);
      if (more["bounced"]) bounced += 1;
      if (more["complained"]) complained += 1;
      if (status === "failed") failures.add(replyOf(smtpCode, smtpResponse));
      if (status !== "sent" || !endedAt) continue;
      perMinute.add(endedAt.slice(0, 16));
      if (endedAt < first) first = endedAt;
      if (endedAt > last) last = endedAt;
    }
  return {
    ...{ mailing: key, statuses: statuses.byName(), bounced, complained },
    ...(last !== "" && { firstSentAt: first, lastSentAt: last }),
    ...{ perMinute: perMinute.byName(), failures: failures.byNumber() },
  };
}

function tally() {
  const counts = new Map<string, number>();
  const record = (entries: [string, number][]) => Object.fromEntries(entries);
  return {
    add(name: string) {
      const known = counts.has(name) || counts.size < mostReplies * 5 ? name : "others";
      counts.set(known, (counts.get(known) ?? 0) + 1);
    },
    byName: () => record([...counts].sort(([one], [other]) => (one < other ? -1 : 1))),
    byNumber: () => record([...counts].sort(([, one], [, other]) => other - one).slice(0, mostReplies)),
  };
}

/** Replies that differ in addresses and ids only are one. */
function replyOf(code: unknown, response: unknown): string {
  const text = typeof response === "string" ? maskAddresses(response.split("\n")[0] ?? "") : "";
  const same = text.replace(/\b(?=\w*\d)[\w-]{8,}\b/g, "…").slice(0, 120);
  return same || (typeof code === "number" ? String(code) : "no reply");
}

export function ledgerEntries(summaries: readonly LedgerSummary[]): Entry[] {
  return summaries.flatMap(({ mailing, firstSentAt, lastSentAt, statuses }) => [
    ...(firstSentAt
      ? [{ at: firstSentAt, source: "ledger" as const, text: `${mailing}: the first mail was accepted` }]
      : []),
    ...(lastSentAt
      ? [
          {
            at: lastSentAt,
            source: "ledger" as const,
            text: `${mailing}: the last of ${statuses["sent"] ?? 0} mails so far was accepted`,
          },
        ]
      : []),
  ]);
}

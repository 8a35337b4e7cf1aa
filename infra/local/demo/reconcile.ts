import { styleText } from "node:util";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";

/** What the inbox holds of one mailing key. */
export interface InboxCount {
  readonly messages: number;
  /** Different recipients among them. */
  readonly recipients: number;
}

/** One language of a mailing: what the ledger says and what really arrived. */
export interface ReconciliationRow {
  readonly language: string;
  /** Those Count said would be sent to, and those the mailing key had reached before. */
  readonly eligible: number;
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
  readonly inDoubt: number;
  readonly inbox: InboxCount;
  /** Why the numbers do not agree; empty if they do. */
  readonly disagreements: readonly string[];
}

/**
 * Compares, per language, Count's number of eligible people with the ledger's counters and with the inbox. An in-doubt
 * message may or may not have arrived; no one may have two.
 */
export function reconcile(order: OrderSnapshot, inbox: ReadonlyMap<string, InboxCount>): ReconciliationRow[] {
  return order.languages.map((language) => {
    const eligible = order.steps.Count.languages?.[language]?.total ?? 0;
    const { sent = 0, failed = 0, skipped = 0, inDoubt = 0 } = order.steps.Send.languages?.[language] ?? {};
    const arrived = inbox.get(mailingKey(order, language)) ?? { messages: 0, recipients: 0 };
    const disagreements = [
      eligible !== sent + failed + skipped + inDoubt &&
        `eligible ${eligible} ≠ ${sent + failed + skipped + inDoubt} accounted for`,
      arrived.messages !== arrived.recipients &&
        `${arrived.messages - arrived.recipients} people have it more than once`,
      (arrived.recipients < sent || arrived.recipients > sent + inDoubt) &&
        `inbox ${arrived.recipients} ≠ sent ${sent}`,
    ].filter((text) => text !== false);
    return { language, eligible, sent, failed, skipped, inDoubt, inbox: arrived, disagreements };
  });
}

const columns = ["language", "eligible", "sent", "failed", "skipped", "in doubt", "in the inbox", ""] as const;

/** The table an operator reads at the end. */
export function reconciliationTable(rows: readonly ReconciliationRow[]): string {
  const cells = rows.map((row) => [
    row.language,
    ...[row.eligible, row.sent, row.failed, row.skipped, row.inDoubt, row.inbox.messages].map(String),
    row.disagreements.length === 0 ? styleText("green", "agrees") : styleText("red", row.disagreements.join("; ")),
  ]);
  const widths = columns.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (column === 7 ? 0 : (row[column]?.length ?? 0)))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 || column === 7 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return [styleText("bold", line(columns)), ...cells.map(line)].join("\n");
}

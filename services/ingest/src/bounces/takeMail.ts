import { hash } from "node:crypto";
import type { BounceReport, ReportResult } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { type MailReading, readBounceMail } from "@email-agent/shared/domain/bounces/readBounceMail.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { MailSource } from "./mailboxSession.ts";
import { readMail } from "./readMail.ts";

export interface MailPorts {
  /** The use case of reports (takeReport.ts). */
  readonly take: (report: BounceReport, raw: Uint8Array) => Promise<ReportResult>;
  /** Keeps what cannot be read, for a person to see. */
  readonly keep: (report: BounceReport, why: string, now: number, raw: Uint8Array) => Promise<void>;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
}

/**
 * What to do with a mail.
 *
 * - `file`: its reports are applied, or were before.
 * - `leave`: it is no report, or one about none of our mails. Others may wait for it.
 * - `flag`: it seems to be a report and cannot be read: a person looks.
 * - `later`: a mail it reports is being sent at this moment. Nothing is lost by taking it again.
 */
export type MailFate = "file" | "leave" | "flag" | "later";

/**
 * Takes one mail of a bounce mailbox: reads it and applies each of its reports. It may be called again with the same mail.
 * Throws AppError `storage` if the database does not respond; any other failure is about this mail alone, and flags it.
 */
export async function takeMail(ports: MailPorts, { bytes, receivedAt }: MailSource): Promise<MailFate> {
  const { clock, log, metrics } = ports;
  const now = clock.now();
  const at = instant(Math.min(receivedAt, now));
  const id = hash("sha256", bytes).slice(0, 32);
  try {
    const reading = await readingOf(bytes);
    metrics.count("BounceMailsRead", 1, { result: reading.is });
    if (reading.is === "other") return "leave";
    const common = { at, reportedBy: "mailbox" } as const;
    if (reading.is === "unread") {
      await ports.keep({ ...common, kind: "notice", reply: "", sourceId: id }, reading.why, now, bytes);
      log.info({ why: reading.why, id }, "a mail of the bounce mailbox cannot be read; flagged for a person");
      return "flag";
    }
    const results: ReportResult[] = [];
    for (const [place, report] of reading.reports.entries())
      results.push(await ports.take({ ...report, ...common, sourceId: `${id}#${place}` }, bytes));
    if (results.some(({ result }) => result === "later")) return "later";
    return results.some(isOfOurs) ? "file" : "leave";
  } catch (error) {
    if (dispositionOf(error) === "retry" || dispositionOf(error) === "interrupted") throw error;
    log.error({ error, id }, "a mail of the bounce mailbox could not be taken; flagged for a person");
    return "flag";
  }
}

function isOfOurs(taken: ReportResult): boolean {
  return taken.result !== "unmatched" && !(taken.result === "ignored" && taken.isForeign);
}

async function readingOf(bytes: Uint8Array): Promise<MailReading> {
  const mail = await readMail(bytes);
  return mail
    ? readBounceMail(mail)
    : { is: "unread", why: "Its parts are nested too deep, or its headers are too long." };
}

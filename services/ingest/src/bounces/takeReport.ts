import type { Bounces, BounceWrite } from "@email-agent/shared/adapters/bounces.ts";
import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import type { UnmatchedReports } from "@email-agent/shared/adapters/unmatchedReports.ts";
import { afterBounce, afterComplaint } from "@email-agent/shared/domain/bounces/bounceEffects.ts";
import type { BounceReport, ReportResult } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { type BounceVerdict, judgeBounce, smtpReplyOf } from "@email-agent/shared/domain/bounces/judgeBounce.ts";
import { maskRecipient } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { shortReply } from "@email-agent/shared/domain/delivery/shortReply.ts";
import { personLines, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import { ulid } from "ulid";
import type { Matched } from "./matched.ts";
import { type MatchPorts, matchReport } from "./matchReport.ts";
import { type RecountPorts, recountSend } from "./recountSend.ts";

export interface ReportPorts extends MatchPorts, RecountPorts {
  readonly participants: Pick<Participants, "get">;
  readonly bounces: Pick<Bounces, "write">;
  readonly unmatched: Pick<UnmatchedReports, "keep">;
  readonly config: Pick<ConfigTable, "settings">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
}

/** Other reports of one mail, and workers, change it this often in a row at most. */
const tries = 8;

/**
 * Takes one report about one recipient: finds its delivery, judges it by the rules that judge SMTP replies, and writes what
 * follows in one transaction: `bounced` or `complained` on the delivery, the counters of mailing and account, and what
 * changes of the person. It may be called again with the same report at any time, and in any order with others: what a
 * delivery holds already is not written again, and only a hard bounce replaces a soft one. A report that ends a doubt starts a
 * recount of the order's Send.
 *
 * A report that matches nothing changes nothing and is kept for a person to see, with `raw`, the report as it came. Throws
 * AppError `storage` if the database does not respond: then nothing, or all, is written.
 */
export async function takeReport(
  ports: ReportPorts,
  report: BounceReport,
  raw?: Uint8Array | string,
): Promise<ReportResult> {
  const ignored = ignoredKinds[report.kind] ?? (isNotSpam(report) ? "The person took the complaint back." : undefined);
  if (ignored !== undefined) return { result: "ignored", why: ignored };
  const keep = async (why: string) => {
    await ports.unmatched.keep(report, why, ports.clock.now(), raw);
    ports.metrics.count("ReportsUnmatched", 1);
    ports.log.info({ kind: report.kind, why }, "a report of returned mail matches no delivery; kept");
  };
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const match = await matchReport(ports, report);
    if ("ignored" in match) {
      const { ignored: why, isForeign } = match;
      return { result: "ignored", why, ...(isForeign && { isForeign }) };
    }
    if ("unmatched" in match) {
      await keep(match.unmatched);
      return { result: "unmatched", why: match.unmatched };
    }
    const why = refusedGuess(report, match);
    if (why !== undefined) {
      await keep(why);
      return { result: "unmatched", why };
    }
    // Whether the server has accepted it will be known within two minutes.
    if (match.delivery.status === "sending") return { result: "later" };
    const write = await writeOf(ports, report, match);
    if (!write) {
      // Its first taker may have died before the recount.
      if (report.kind !== "complaint") await recountSend(ports, match);
      return { result: "doubled" };
    }
    if (!(await ports.bounces.write(write))) continue;
    measure(ports, write);
    if (match.delivery.status === "in-doubt") await recountSend(ports, match);
    return { result: "applied" };
  }
  throw new AppError("storage", "A delivery changed again and again while a report about it was written.");
}

/** Why a report that does not prove which mail it is about may not be applied. */
function refusedGuess({ kind }: BounceReport, { isGuess, delivery }: Matched): string | undefined {
  if (!isGuess) return undefined;
  if (kind === "complaint") return "It is a complaint that names no mail: its address alone does not show whose it is.";
  // It would become sent, and never be sent again.
  return delivery.status === "in-doubt"
    ? "It names no mail, and the last one to its address is in doubt: its address alone does not show that it was accepted."
    : undefined;
}

const ignoredKinds: Partial<Record<BounceReport["kind"], string>> = {
  delayed: "The mail is still being tried.",
  delivered: "The mail was delivered.",
  notice: "It is an automatic reply.",
};

function isNotSpam({ kind, complaintType }: BounceReport): boolean {
  return kind === "complaint" && complaintType === "not-spam";
}

/** What a report changes; undefined if the delivery holds it, or something that says more, already. */
async function writeOf(ports: ReportPorts, report: BounceReport, match: Matched): Promise<BounceWrite | undefined> {
  const { partition, delivery } = match;
  if (report.kind === "complaint" ? delivery.complained : isKnown(report, match)) return undefined;
  const person = await ports.participants.get(delivery.participantId);
  const write = { partition, delivery };
  return report.kind === "complaint"
    ? { ...write, ...complaintOf(ports, report, match, person) }
    : { ...write, ...(await bounceOf(ports, report, match, person)) };
}

/** A second bounce of a mail says nothing new, unless the first was a soft one and this is hard. */
function isKnown(report: BounceReport, match: Matched): boolean {
  const { bounced } = match.delivery;
  return bounced !== undefined && (bounced.kind === "hard" || verdictOf(report, match)?.kind !== "hard");
}

/** A report that does not prove which mail it is about is no proof that the mailbox does not exist. */
function verdictOf(report: BounceReport, { isGuess }: Matched): BounceVerdict | undefined {
  const verdict = judgeBounce(report);
  return verdict && isGuess ? { ...verdict, kind: "soft" } : verdict;
}

async function bounceOf(ports: ReportPorts, report: BounceReport, match: Matched, person?: Participant) {
  const { delivery, isTest } = match;
  const verdict = verdictOf(report, match);
  if (!verdict) throw new Error(`A report of the kind ${report.kind} is no bounce.`);
  const { softLimit } = (await ports.config.settings()).bounces;
  const { at } = report;
  const response = smtpReplyOf(report);
  const code = report.code ?? response.slice(0, 3);
  // The bounce of a forgotten person counts, and what it says of them is not written again.
  const isErased = delivery.email === "" || person?.forgotten;
  const reply = isErased ? undefined : shortReply(maskRecipient(response, delivery.email));
  // A mailing counts once toward the soft limit, however often it is tested.
  const isCounted = verdict.counts && !(isTest && verdict.kind === "soft");
  const effect = isCounted ? afterBounce(person, delivery, verdict.kind, softLimit, { at, code }) : undefined;
  return {
    bounced: { kind: verdict.kind, code, ...(reply !== undefined && { reply }), at },
    ...(person && effect && { person: { seen: person, effect, at } }),
  };
}

function complaintOf(
  { clock }: ReportPorts,
  report: BounceReport,
  { mailingKey, delivery }: Matched,
  person?: Participant,
) {
  const { at, complaintType: type } = report;
  const effect = afterComplaint(person);
  const data = { participantId: delivery.participantId, mailingKey, ...(type !== undefined && { type }) };
  const { participantId } = delivery;
  const by = `participant ${participantId}`;
  const did = { workOrderId: personLines(participantId), by, what: "complained" as const, data };
  return {
    complained: { at, ...(type !== undefined && { type }) },
    ...(person && effect && { person: { seen: person, effect, at } }),
    audit: userLine(did, ulid(), clock.now()),
  };
}

function measure({ metrics, log }: ReportPorts, { delivery, bounced, complained, person }: BounceWrite): void {
  const { account, participantId, workOrderId } = delivery;
  if (bounced?.kind === "hard") metrics.count("HardBounces", 1, { account });
  if (bounced?.kind === "soft") metrics.count("SoftBounces", 1, { account });
  if (complained) metrics.count("Complaints", 1, { account });
  const suppressed = person?.effect.suppression !== undefined;
  log.info({ workOrderId, participantId, kind: bounced?.kind ?? "complaint", suppressed }, "a mail came back");
}

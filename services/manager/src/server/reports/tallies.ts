import type { ReportRow } from "@email-agent/shared/adapters/deliveriesAcross.ts";
import { causeCollector } from "@email-agent/shared/domain/delivery/deliveryCause.ts";
import { maskRecipient } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { type IdSet, idSet } from "@email-agent/shared/domain/recipients/idSet.ts";
import type { CountedMailing, CountedReport } from "../../api/reports.ts";

const repliesPerMailing = 20;
const longestReply = 300;
const mostShown = 50;

/** Counts the deliveries of one mailing in one language. */
function mailingTally() {
  const counts = { sent: 0, failed: 0, inDoubt: 0, waiting: 0, bouncedHard: 0, bouncedSoft: 0, complained: 0 };
  const causes = causeCollector(repliesPerMailing);
  let firstAt: string | undefined;
  let lastAt: string | undefined;
  return {
    add(row: ReportRow, language: string): void {
      const { status, bounced, complained, sendingAt, endedAt = sendingAt } = row;
      if (status === "sent") {
        counts.sent += 1;
        if (firstAt === undefined || sendingAt < firstAt) firstAt = sendingAt;
        if (lastAt === undefined || endedAt > lastAt) lastAt = endedAt;
      } else if (status === "failed") {
        counts.failed += 1;
        causes.add(row, language);
      } else counts[status === "in-doubt" ? "inDoubt" : "waiting"] += 1;
      if (bounced) counts[bounced.kind === "hard" ? "bouncedHard" : "bouncedSoft"] += 1;
      if (complained) counts.complained += 1;
    },
    result(): Omit<CountedMailing, "unsubscribed"> {
      const replies = causes.groups().map(({ sample, mails }) => {
        const reply = sample ? maskRecipient(sample.reply, sample.email).slice(0, longestReply) : "No reply";
        return { reply, mails };
      });
      const times = { ...(firstAt !== undefined && { firstAt }), ...(lastAt !== undefined && { lastAt }) };
      return { ...counts, replies, otherReplies: causes.others, ...times };
    },
  };
}

/**
 * The numbers of an event while its deliveries are read, all of one person one after the other. Memory holds a counter for
 * each mailing and number of mails, the people with most mails, and a hash of each person who got one (`mailed`).
 */
export function eventTally(keys: readonly string[]) {
  const mailings = new Map(keys.map((key) => [key, mailingTally()]));
  const mailed: IdSet = idSet();
  const byMails: Record<string, number> = {};
  let most: CountedReport["people"]["most"][number][] = [];
  let person = { id: "", mails: 0 };
  const closePerson = () => {
    const { id, mails } = person;
    person = { id: "", mails: 0 };
    if (mails === 0) return;
    mailed.add(id);
    byMails[mails] = (byMails[mails] ?? 0) + 1;
    const last = most.at(-1);
    if (most.length >= mostShown && last && last.mails >= mails) return;
    most = [...most, { id, mails }].sort((one, other) => other.mails - one.mails).slice(0, mostShown);
  };
  return {
    mailed,
    add(row: ReportRow): void {
      mailings.get(row.partition)?.add(row, row.partition.slice(row.partition.lastIndexOf("_") + 1));
      if (row.participantId !== person.id) {
        closePerson();
        person = { id: row.participantId, mails: 0 };
      }
      if (row.status === "sent") person.mails += 1;
    },
    result(unsubscribed: Readonly<Record<string, number>>, none: number | undefined) {
      closePerson();
      const counted = [...mailings].map(([key, one]) => [
        key,
        { ...one.result(), unsubscribed: unsubscribed[key] ?? 0 },
      ]);
      const people = { ...(none !== undefined && { none }), byMails, most };
      return { mailings: Object.fromEntries(counted) as CountedReport["mailings"], people };
    },
    /** To be called behind the last delivery, before `mailed` is asked. */
    endPeople: closePerson,
  };
}

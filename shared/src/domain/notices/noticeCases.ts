import { stalledMilliseconds } from "../delivery/stalledSend.ts";
import { commandOfRun } from "../lifecycle/passes.ts";
import { count, counted } from "../numberWords.ts";
import type { Counters, StepRecord, WorkOrder } from "../workOrder.ts";

export type NoticeKind = "ended" | "ceiling" | "not-started" | "started" | "in-doubt" | "paused" | "quota" | "stalled";

/** What a notice says: the facts of the order when it was decided. Times are ISO instants. */
export interface NoticeFacts {
  readonly kind: NoticeKind;
  readonly status: string;
  /** The message of the step. */
  readonly message?: string | undefined;
  readonly ceiling?: string | undefined;
  /** Of the mailing, over all runs. */
  readonly counters?: Counters | undefined;
  /** Mails of this run that are in doubt. */
  readonly inDoubt: number;
  /** Until when the Send sleeps or its account is paused. */
  readonly until?: string | undefined;
  /** Since when, and why, the account is paused. */
  readonly since?: string | undefined;
  readonly because?: string | undefined;
  readonly byHand?: boolean | undefined;
  /** For when its start was scheduled. */
  readonly scheduledFor?: string | undefined;
}

/** The part of an order that notices are decided by. */
export type NoticeOrder = Pick<WorkOrder, "id" | "steps" | "languages" | "unsettled">;

/** What is known besides the order. */
export interface Known {
  /** Epoch milliseconds. */
  readonly now: number;
  /** For how long the Send has not moved, as a watch has seen it. Absent: no watch looks, as at a status event. */
  readonly silentMilliseconds?: number;
  /** How many mails in doubt the notice of the end of this run named; undefined while that is not decided. */
  readonly namedInDoubt?: number | undefined;
  readonly limits?: NoticeLimits;
}

/** How long something lasts before it is a notice. */
export interface NoticeLimits {
  readonly longPauseMilliseconds: number;
  readonly stalledMilliseconds: number;
}

interface NoticeCase {
  readonly kind: NoticeKind;
  /** In a list of all cases: when a notice comes. */
  readonly when: string;
  /** What the order shows now, as the last part of the notice's key; undefined if it is not this case. */
  readonly occurrence: (send: StepRecord, known: Known, order: NoticeOrder) => string | undefined;
  readonly headline: (facts: NoticeFacts) => string;
  /** What to do. Undefined if there is nothing to do. */
  readonly repair: (facts: NoticeFacts) => string | undefined;
}

const minute = 60_000;
/** What happened longer ago is no news. */
export const newsMilliseconds = 6 * 60 * minute;
export const noticeLimits: NoticeLimits = Object.freeze({ longPauseMilliseconds: 10 * minute, stalledMilliseconds });
/** The end of a run waits this long for its last numbers. */
const settlingMilliseconds = 2 * minute;

/** All cases of notices. A notice is decided once for a work order, a run (or a command) and an occurrence. */
const noticeCases: readonly NoticeCase[] = [
  {
    kind: "ceiling",
    when: "A Send stopped at its ceiling: too many mails failed, or more people are eligible than confirmed",
    occurrence: (send, known, order) =>
      send.ceiling === undefined || isUnstarted(send) ? undefined : endOf(send, known, order),
    headline: ({ ceiling }) =>
      ceiling === "confirmed" ? "Send stopped at the confirmed number" : "Send stopped at the ceiling of failures",
    repair: ({ ceiling }) =>
      ceiling === "confirmed"
        ? "Press Start: the dialog shows the new number. Ask yourself why it grew."
        : "Read the replies of the mail servers before you start it again.",
  },
  {
    kind: "not-started",
    when: "A scheduled start was missed, or was cancelled because something changed",
    occurrence: (send, known, order) => (isUnstarted(send) ? endOf(send, known, order) : undefined),
    headline: () => "Send did not start as scheduled",
    repair: () => "Look at the work order, then press Start.",
  },
  {
    kind: "started",
    when: "A scheduled Send started",
    occurrence: ({ status, runId, startedAt = "", scheduledFor }, { now }) => {
      const isNew = now - Date.parse(startedAt) <= newsMilliseconds;
      return status === "working" && scheduledFor !== undefined && isNew ? `${runId}#started` : undefined;
    },
    headline: () => "Send started as scheduled",
    repair: () => undefined,
  },
  {
    kind: "ended",
    when: "A Send ended",
    occurrence: (send, known, order) =>
      send.ceiling === undefined && !isUnstarted(send) ? endOf(send, known, order) : undefined,
    headline: ({ status, counters, inDoubt }) =>
      [endWords[status] ?? "Send ended", counters && `${count(counters.sent)} sent`, doubtPart(inDoubt)]
        .filter(Boolean)
        .join(", "),
    repair: ({ status, inDoubt }) => endRepairs[status] ?? (inDoubt > 0 ? doubtRepair : undefined),
  },
  {
    kind: "in-doubt",
    when: "A Send left mails in doubt",
    occurrence: (send, { namedInDoubt, ...known }, order) => {
      const doubts = inDoubtOf(send);
      if (doubts === 0 || send.runId === undefined) return undefined;
      // Before a scheduled start the numbers are still those of the run before.
      const isAsleep = send.status === "sleeping" && send.sleepsFor !== "schedule";
      const isUnnamed = namedInDoubt !== undefined && doubts > namedInDoubt && endOf(send, known, order) !== undefined;
      return isAsleep || isUnnamed ? `${send.runId}#in-doubt` : undefined;
    },
    headline: ({ inDoubt }) => counted(inDoubt, "mail is in doubt", "mails are in doubt"),
    repair: () => doubtRepair,
  },
  {
    kind: "paused",
    when: "The account of a Send has been paused for more than 10 minutes",
    occurrence: ({ status, waiting, runId }, { now, silentMilliseconds, limits = noticeLimits }) => {
      const { paused } = waiting ?? {};
      // An old event may show a pause that is over: only a fresh read decides it.
      if (silentMilliseconds === undefined || status !== "working" || !paused?.since) return undefined;
      const isLong = Date.parse(paused.since) + limits.longPauseMilliseconds <= now;
      if (!isLong || Date.parse(paused.until) <= now) return undefined;
      return `${runId}#paused#${paused.since}`;
    },
    headline: () => "Send is paused for more than 10 minutes",
    repair: ({ byHand }) =>
      byHand
        ? "It goes on when an administrator resumes the account in the settings."
        : "It tries again by itself. If it lasts, ask the mail provider, or let an administrator lower the rate of the account.",
  },
  {
    kind: "quota",
    when: "A Send sleeps, for the quota of its account is used up",
    // Once a day for a command: a large Send sleeps and wakes many times.
    occurrence: ({ status, sleepsFor, runId = "", startedAt = "" }) =>
      status === "sleeping" && sleepsFor === "quota"
        ? `${commandOfRun(runId)}#quota#${startedAt.slice(0, 10)}`
        : undefined,
    headline: () => "Send sleeps until quota is free",
    repair: () => "It goes on by itself. Stop ends the sleep permanently.",
  },
  {
    kind: "stalled",
    when: "A Send has not moved for 10 minutes, and waits for nothing",
    occurrence: (send, { silentMilliseconds = 0, limits = noticeLimits }) => {
      if (send.status !== "working" || silentMilliseconds < limits.stalledMilliseconds) return undefined;
      const { sent = 0, failed = 0, skipped = 0, inDoubt = 0 } = send.counters ?? {};
      return `${send.runId}#stalled#${sent + failed + skipped + inDoubt}`;
    },
    headline: () => "Send has not moved for 10 minutes",
    repair: () => "Tell an administrator: the senders may be down, or cannot reach their tables.",
  },
];

const endWords: Readonly<Partial<Record<string, string>>> = {
  complete: "Send complete",
  error: "Send ended in an error",
  exception: "Send ended in an exception",
  interrupted: "Send stopped",
};
const endRepairs: Readonly<Partial<Record<string, string>>> = {
  error: "Repair what the message names, then press Start: it mails only people who have not got the mailing.",
  exception: "Start it once more. If it happens again, tell an engineer the work order and the time.",
  interrupted: "Start continues it: it mails only people who have not got the mailing.",
};
const doubtRepair =
  "These mails may have arrived and are never sent again by themselves. Search the log of the mail server for their Message-IDs, then say in the list whether they were received.";

function doubtPart(inDoubt: number): string | undefined {
  return inDoubt > 0 ? `${count(inDoubt)} in doubt` : undefined;
}

/** The end of a run once its numbers are final, or will not become so soon. */
function endOf(
  { status, runId, endedAt }: StepRecord,
  { now }: Pick<Known, "now">,
  { unsettled }: NoticeOrder,
): string | undefined {
  if (endWords[status] === undefined || runId === undefined || endedAt === undefined) return undefined;
  const age = now - Date.parse(endedAt);
  if (age > newsMilliseconds) return undefined;
  if (unsettled?.[runId] !== undefined && age < settlingMilliseconds) return undefined;
  return `${runId}#ended`;
}

/** True where a scheduled start ended before its run began. */
function isUnstarted({ status, scheduledFor, startedAt = "" }: StepRecord): boolean {
  return status === "error" && scheduledFor !== undefined && startedAt < scheduledFor;
}

/** Mails in doubt of the last run alone. */
function inDoubtOf(send: StepRecord): number {
  const { languages = {}, counters } = send;
  // Its numbers are those of the run before.
  if (isUnstarted(send)) return 0;
  const runs = Object.values(languages).flatMap(({ thisRun }) => thisRun ?? []);
  return runs.length > 0 ? runs.reduce((sum, { inDoubt }) => sum + inDoubt, 0) : (counters?.inDoubt ?? 0);
}

/** A notice that the order calls for. `key`: unique for the order and the occurrence. */
export interface DueNotice {
  readonly key: string;
  readonly facts: NoticeFacts;
}

/** Every notice that the order calls for now, whether it was decided before or not. */
export function dueNotices(order: NoticeOrder, known: Known): DueNotice[] {
  const { Send } = order.steps;
  if (Send.runId === undefined) return [];
  return noticeCases.flatMap(({ kind, occurrence }) => {
    const occurred = occurrence(Send, known, order);
    return occurred === undefined ? [] : [{ key: `${order.id}#${occurred}`, facts: factsOf(kind, Send) }];
  });
}

/** The key of the notice of the last run's end. */
export function endKey({ id, steps }: Pick<NoticeOrder, "id" | "steps">): string {
  return `${id}#${steps.Send.runId}#ended`;
}

function factsOf(kind: NoticeKind, send: StepRecord): NoticeFacts {
  const { status, message, ceiling, nextRunAt, waiting, scheduledFor } = send;
  // Their numbers are those of the run before.
  const counters = kind === "not-started" || kind === "started" ? undefined : send.counters;
  const paused = kind === "paused" ? waiting?.paused : undefined;
  return {
    ...{ kind, status, message, ceiling, counters, inDoubt: inDoubtOf(send) },
    ...(kind === "quota" && { until: nextRunAt }),
    ...(counters === undefined && scheduledFor !== undefined && { scheduledFor }),
    ...(paused && { until: paused.byHand ? undefined : paused.until, since: paused.since, because: paused.because }),
    ...(paused?.byHand && { byHand: true }),
  };
}

function caseOf(kind: NoticeKind): NoticeCase {
  return noticeCases.find((one) => one.kind === kind) as NoticeCase;
}

/** What happened, in a few words: `Send complete, 1,471 sent`. */
export function noticeHeadline(facts: NoticeFacts): string {
  return caseOf(facts.kind).headline(facts);
}

/** What to do about it, in a sentence or two. */
export function noticeRepair(facts: NoticeFacts): string | undefined {
  return caseOf(facts.kind).repair(facts);
}

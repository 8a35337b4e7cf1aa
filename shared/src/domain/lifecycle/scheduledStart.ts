import { mailsRecipients, type StepName } from "../steps.ts";
import type { StepRecord, WorkOrder } from "../workOrder.ts";
import { isSendOver } from "./schedule.ts";
import { judgeStart, type Startable } from "./startGuards.ts";

const minuteMilliseconds = 60_000;
const hourMilliseconds = 60 * minuteMilliseconds;

/** A start time may be this far in the past: the user reads, types and clicks meanwhile. */
const pastMilliseconds = minuteMilliseconds;
const aheadMilliseconds = 366 * 24 * hourMilliseconds;
/** A start later than this by the clock of the tables is missed. An edit may delay it for as long. */
const missedMilliseconds = hourMilliseconds;

type Scheduled = Startable & Pick<WorkOrder, "runState">;

/**
 * Why Send cannot be scheduled for `startAt` (ISO); undefined if it can. All guards of a start apply, and the time lies
 * from one minute ago to a year ahead, before the end of sending. `now`: epoch milliseconds.
 */
export function scheduleFault(order: Scheduled, step: StepName, startAt: string, now: number): string | undefined {
  if (!mailsRecipients(step)) return `${step} cannot be scheduled: only Send can. Start it now.`;
  const verdict = judgeStart(order, step, now);
  if (verdict.verdict !== "granted") return verdict.reason;
  const { status, scheduled } = order.steps[step];
  if (status === "sleeping" && !scheduled)
    return `${step} sleeps between two passes and wakes by itself. Stop it before you schedule it.`;
  if (order.runState === "settling")
    return "The deliveries of the last run are being recounted, which takes two minutes at most. Try again then.";
  return startTimeFault(order, startAt, now);
}

/** Why no start can be scheduled for this time; undefined if it can. */
export function startTimeFault(order: Pick<WorkOrder, "sendUntil">, startAt: string, now: number): string | undefined {
  const at = Date.parse(startAt);
  if (Number.isNaN(at)) return "The start time is not a time: enter a date and a time.";
  if (at < now - pastMilliseconds)
    return `The start time ${startAt} has passed: choose one in the future, or start now.`;
  if (at > now + aheadMilliseconds) return "The start time is more than a year ahead: choose an earlier one.";
  if (isSendOver(order, at))
    return `Sending ends at ${order.sendUntil}, before this start: choose an earlier start, or move the end of sending.`;
  return undefined;
}

/** Language → content hash: what a scheduled start was confirmed for. Blank for a language without content. */
export function contentHashes({ languages, prepared }: Pick<WorkOrder, "languages" | "prepared">) {
  return Object.fromEntries(languages.map((code) => [code, prepared[code]?.hash ?? ""]));
}

/** What becomes of a scheduled start whose time has come. `hold`: it begins to wait for an edit; `wait`: it goes on waiting. */
export type DueVerdict =
  | { readonly verdict: "start" | "hold" | "wait" }
  | { readonly verdict: "end"; readonly reason: string };

/** Judges a scheduled start again when its time has come; undefined before, and for a step that is not scheduled. */
export function judgeDue(order: WorkOrder, step: StepName, now: number): DueVerdict | undefined {
  const { status, scheduled } = order.steps[step];
  if (status !== "sleeping" || !scheduled || Date.parse(scheduled.at) > now) return undefined;
  const reason = (order.missedStart === "start" ? undefined : missed(scheduled, now)) ?? editedTooLong(scheduled, now);
  if (reason !== undefined) return { verdict: "end", reason };
  const { editLease } = order;
  if (editLease && Date.parse(editLease.expiresAt) > now)
    return { verdict: scheduled.heldSince === undefined ? "hold" : "wait" };
  const misfit = whatChanged(order, step, scheduled, now);
  return misfit === undefined ? { verdict: "start" } : { verdict: "end", reason: misfit };
}

type Start = NonNullable<StepRecord["scheduled"]>;

/** An edit that delays the start is no outage: its hour is counted from when the start began to wait. */
function missed({ at, heldSince }: Start, now: number): string | undefined {
  if (heldSince !== undefined || now - Date.parse(at) <= missedMilliseconds) return undefined;
  return `It was to start at ${at}; the system was down until ${new Date(now).toISOString()}. Press Start to send now.`;
}

function editedTooLong({ at, heldSince }: Start, now: number): string | undefined {
  if (heldSince === undefined || now - Date.parse(heldSince) <= missedMilliseconds) return undefined;
  return `It was to start at ${at}, but the work order was being edited for more than an hour. Press Start to send now.`;
}

/** In one sentence, what no longer fits what the user confirmed. */
function whatChanged(order: WorkOrder, step: StepName, { at, hashes }: Start, now: number): string | undefined {
  const { editLease: _, ...rest } = order;
  const verdict = judgeStart(rest, step, now);
  if (verdict.verdict !== "granted") return `The start scheduled for ${at} was cancelled. ${verdict.reason}`;
  if (isSendOver(order, now))
    return `The start scheduled for ${at} was cancelled: sending ended at ${order.sendUntil}. Move the end of sending, then press Start.`;
  const [current, then] = [order.languages, Object.keys(hashes)].map((codes) => [...codes].sort().join(", "));
  if (current !== then)
    return `The languages changed from ${then} to ${current} after this Send was scheduled for ${at}: look at it, then press Start.`;
  const changed = order.languages.filter((code) => hashes[code] !== (order.prepared[code]?.hash ?? ""));
  if (changed.length === 0) return undefined;
  const preparedAt = changed
    .map((code) => order.prepared[code]?.preparedAt ?? "")
    .sort()
    .at(-1);
  const when = preparedAt ? `was prepared again at ${preparedAt}` : "was removed";
  return `The content of ${changed.join(", ")} ${when}, after this Send was scheduled for ${at}: look at it, then press Start.`;
}

/** The run that a stop, or an end before it begins, is about: a scheduled one has an id already. */
export function runIdOf({ scheduled, nextRunId, runId }: StepRecord): string | undefined {
  return scheduled ? nextRunId : runId;
}

import type { Judgement } from "../command.ts";
import { mailingKeysOnceStarted } from "../delivery/orderMailings.ts";
import { mailsRecipients, type StepName, stepNamed } from "../steps.ts";
import { instant } from "../time.ts";
import { type Counters, type StepRecord, type WorkOrder, zeroCounters } from "../workOrder.ts";
import type { Condition, OrderWrite, Path } from "./orderWrite.ts";
import { type UnsettledRuns, unsettledAfter } from "./settlement.ts";

/** Building blocks of transitions. Each is a write on one order; transitions join them. */

/** A run lease as its worker or job knows it. */
export interface LeaseClaim {
  readonly step: StepName;
  readonly runId: string;
  readonly token: number;
}

export const noWrite: OrderWrite = { set: [], remove: [], when: [] };

/** `step`: also one of a later release. */
export function stepPath(step: string, field: keyof StepRecord & string): Path {
  return ["steps", step, field];
}

/** The condition of every status write of a worker: a run that was stopped, ended or taken over writes nothing. */
export function underLease({ step, runId, token }: LeaseClaim): Condition[] {
  return [
    { path: stepPath(step, "status"), equals: "working" },
    { path: ["runLease", "runId"], equals: runId },
    { path: ["runLease", "token"], equals: token },
  ];
}

/** Optimistic locking: a judgement or transition applies only to the version of the order it was made on. */
export function unchangedSince(order: Pick<WorkOrder, "version">): Condition[] {
  return [{ path: ["version"], equals: order.version }];
}

/** The condition on a time read before: unchanged, or still absent. */
export function sameValue(path: Path, value: string | undefined): Condition {
  return value === undefined ? { path, exists: false } : { path, equals: value };
}

/** What identifies a run of a step. */
interface RunBegun {
  readonly runId: string;
  readonly attempt: number;
  readonly confirmedRecipients?: number | undefined;
  /** The time of a scheduled start. */
  readonly scheduledFor?: string | undefined;
  readonly selection?: string | undefined;
}

/** Grants the run lease: a new run of `step` begins; no worker has picked up its job yet. */
export function beginRun(order: WorkOrder, step: StepName, run: RunBegun, now: number): OrderWrite {
  const { runId, attempt, confirmedRecipients, scheduledFor, selection } = run;
  const everyone = selection === undefined ? undefined : everyoneOf(order.steps[step]);
  const token = order.fence + 1;
  const pinned = pinnedContent(order, step);
  return {
    set: [
      [stepPath(step, "status"), "working"],
      [stepPath(step, "message"), "Waiting for a worker."],
      [stepPath(step, "runId"), runId],
      [stepPath(step, "attempt"), attempt],
      [stepPath(step, "startedAt"), instant(now)],
      [stepPath(step, "counters"), { ...zeroCounters }],
      ...(pinned ? [[stepPath(step, "pinned"), pinned] as const] : []),
      ...(confirmedRecipients === undefined
        ? []
        : [[stepPath(step, "confirmedRecipients"), confirmedRecipients] as const]),
      ...(scheduledFor === undefined ? [] : [[stepPath(step, "scheduledFor"), scheduledFor] as const]),
      ...(selection === undefined ? [] : [[stepPath(step, "selection"), selection] as const]),
      ...(everyone ? [[stepPath(step, "everyone"), everyone] as const] : []),
      ...(mailsRecipients(step) ? [[["mailingKeys"], mailingKeysOnceStarted(order)] as const] : []),
      [["fence"], token],
      [["runLease"], { runId, step, token }],
      [["losses"], 0],
      [["runState"], "working"],
      [["runCheckAt"], instant(now)],
    ],
    remove: [
      ["settler"],
      ...(["endedAt", "languages", "details", "ceiling", ...whileSleeping] as const).map((field) =>
        stepPath(step, field),
      ),
      ...whileWorking(step),
      ...(pinned ? [] : [stepPath(step, "pinned")]),
      ...(confirmedRecipients === undefined ? [stepPath(step, "confirmedRecipients")] : []),
      ...(scheduledFor === undefined ? [stepPath(step, "scheduledFor")] : []),
      ...(selection === undefined ? [stepPath(step, "selection")] : []),
      ...(everyone ? [] : [stepPath(step, "everyone")]),
    ],
    when: [],
  };
}

/** The numbers of the last run for everyone. */
function everyoneOf({ languages, selection, everyone }: StepRecord): StepRecord["everyone"] {
  if (selection !== undefined || !languages) return everyone;
  return Object.fromEntries(
    Object.entries(languages).map(([code, { total, skipped, reasons = {} }]) => [code, { total, skipped, reasons }]),
  );
}

/** Fields that exist only while the step sleeps. */
const whileSleeping = ["nextRunAt", "nextRunId", "sleepsFor", "scheduled"] as const;

/** Fields that exist only while the step works. */
function whileWorking(step: StepName): Path[] {
  return [stepPath(step, "planning"), stepPath(step, "waiting")];
}

/** The content a run uses from start to end; undefined for a step that uses none. */
function pinnedContent(order: WorkOrder, step: StepName): Record<string, string> | undefined {
  if (stepNamed(step).content !== "uses") return undefined;
  const hashes = order.languages.flatMap((code) => {
    const hash = order.prepared[code]?.hash;
    return hash === undefined ? [] : [[code, hash] as const];
  });
  return Object.fromEntries(hashes);
}

/**
 * The end of a run: lease and index entry go in the write that sets the final status. While there are claims to settle
 * the clock goes on. `by` is given where the worker of the run ends it, with its last numbers.
 */
export function endRun(
  order: WorkOrder,
  step: StepName,
  status: "complete" | "error" | "interrupted" | "exception",
  now: number,
  by?: { readonly counters?: Counters | undefined },
): OrderWrite {
  const unsettled = unsettledAfter(order, step, { status, now, counters: by?.counters, byWorker: by !== undefined });
  const clock = settlingClock(unsettled, now);
  return {
    set: [[stepPath(step, "status"), status], [stepPath(step, "endedAt"), instant(now)], ...clock.set],
    remove: [
      ["runLease"],
      ...whileSleeping.map((field) => stepPath(step, field)),
      ...whileWorking(step),
      ...clock.remove,
    ],
    when: [],
  };
}

/** The clock of an order without a running step: it exists only while there is something to settle. */
export function settlingClock(unsettled: UnsettledRuns, now: number): Pick<OrderWrite, "set" | "remove"> {
  if (Object.keys(unsettled).length === 0)
    return { set: [], remove: [["unsettled"], ["settler"], ["runState"], ["runCheckAt"]] };
  return {
    set: [
      [["unsettled"], unsettled],
      [["runState"], "settling"],
      [["runCheckAt"], instant(now)],
    ],
    remove: [["settler"]],
  };
}

/** Why a step sleeps, and until when (epoch ms). */
export interface Sleep {
  readonly sleepsFor: "quota" | "next-pass" | "retry" | "window";
  readonly wakeAt: number;
}

/** The run sleeps until `wakeAt`; the next one will be `nextRunId`. */
export function fallAsleep(
  step: StepName,
  { wakeAt, sleepsFor }: Sleep,
  nextRunId: string,
  attempt: number,
): OrderWrite {
  return {
    set: [
      [stepPath(step, "status"), "sleeping"],
      [stepPath(step, "nextRunAt"), instant(wakeAt)],
      [stepPath(step, "nextRunId"), nextRunId],
      [stepPath(step, "sleepsFor"), sleepsFor],
      [stepPath(step, "attempt"), attempt],
      [["runState"], "sleeping"],
      [["runCheckAt"], instant(wakeAt)],
    ],
    remove: [["runLease"], ...whileWorking(step)],
    when: [],
  };
}

/** A new fencing token without a worker: the holder of the old one can write nothing more. */
export function freshToken(
  lease: LeaseClaim,
  token: number,
  now: number,
  lost?: NonNullable<WorkOrder["runLease"]>["lost"],
): OrderWrite {
  return {
    set: [
      [["fence"], token],
      [["runLease"], { runId: lease.runId, step: lease.step, token, ...(lost && { lost }) }],
      [["runCheckAt"], instant(now)],
    ],
    remove: [],
    when: [],
  };
}

export function raiseFence(fence: number): OrderWrite {
  return { set: [[["fence"], fence + 1]], remove: [], when: [] };
}

export function sayInStep(step: StepName, message: string): OrderWrite {
  return { set: [[stepPath(step, "message"), message]], remove: [], when: [] };
}

export function only(...when: Condition[]): OrderWrite {
  return { set: [], remove: [], when };
}

/** Records the judgement and ends the waiting, unless a newer command has replaced this one meanwhile. */
export function recordJudgement(order: WorkOrder, judgement: Judgement): OrderWrite {
  const isPending = order.command?.id === judgement.id;
  return {
    set: [[["lastCommand"], judgement]],
    remove: isPending ? [["pendingCommandAt"]] : [],
    when: isPending ? [{ path: ["command", "id"], equals: judgement.id }] : [],
  };
}

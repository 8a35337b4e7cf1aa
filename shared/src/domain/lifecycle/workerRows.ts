import { type StepName, stepNamed } from "../steps.ts";
import { instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { publishContent } from "./invalidation.ts";
import { joinWrites, type OrderWrite } from "./orderWrite.ts";
import { nextPassRunId, sendUntilMessage, skipTheRest } from "./passes.ts";
import { runLimits } from "./runLimits.ts";
import {
  endRun,
  fallAsleep,
  freshToken,
  type LeaseClaim,
  only,
  raiseFence,
  type Sleep,
  stepPath,
  underLease,
} from "./runWrites.ts";
import { saidIn } from "./saidInStep.ts";
import { isSendOver, passAttempts } from "./schedule.ts";
import { unsettledAfter } from "./settlement.ts";
import { nextRunAt } from "./sleepTimes.ts";
import { always, type Row, row, type Said } from "./transitionRow.ts";
import { pickUpWrite } from "./workerWrites.ts";

/** How long a Send sleeps if it is unknown when the quota frees (a provider's own daily limit). */
const unknownQuotaMilliseconds = 3_600_000;

/** What the worker of a run does to its step; every write is conditional on its lease. */
export const workerRows: readonly Row[] = [
  row({
    title: "a worker picks it up",
    on: "pick-up",
    from: ["working"],
    guard: always,
    to: "working",
    write: (_, __, { lease, worker, now }) => pickUpWrite(lease, worker, now),
  }),
  row({
    title: "its work is done",
    on: "done",
    from: ["working"],
    guard: always,
    to: "complete",
    write: (order, step, { lease, said, now }) =>
      joinWrites(
        endRun(order, step, "complete", now, said),
        saidIn(step, said),
        publishContent(order, said.prepared, now),
        only(...underLease(lease)),
      ),
  }),
  row({
    title: "a pass is done, more follow",
    on: "pass-done",
    from: ["working"],
    guard: (order, step, { now }) =>
      stepNamed(step).sleeps === true && order.sendContinuously && !isSendOver(order, now),
    to: "sleeping",
    write: (order, step, { lease, said, now }) =>
      joinWrites(
        sleep(
          step,
          lease,
          { sleepsFor: "next-pass", wakeAt: nextRunAt(order, { kind: "next-pass" }, now) },
          1,
          said,
          "Pass done. The next begins at",
        ),
        // Later passes are for newcomers: the number confirmed for the first does not limit them.
        { set: [], remove: [stepPath(step, "confirmedRecipients")], when: [] },
      ),
  }),
  row({
    title: "the last pass is done",
    on: "pass-done",
    from: ["working"],
    guard: always,
    to: "complete",
    write: (order, step, { lease, said, now }) => completeAtEnd(order, step, lease, said, now),
  }),
  row({
    title: "its quota is used up",
    on: "quota",
    from: ["working"],
    guard: (order, step, { now }) => stepNamed(step).sleeps === true && !isSendOver(order, now),
    to: "sleeping",
    write: (order, step, { lease, said, now, wakeAt }) => {
      const cause = { kind: "quota", wakeAt: wakeAt ?? now + unknownQuotaMilliseconds } as const;
      return sleep(
        step,
        lease,
        { sleepsFor: "quota", wakeAt: nextRunAt(order, cause, now) },
        1,
        said,
        "The account's quota is used up. It continues at",
      );
    },
  }),
  row({
    title: "its sending window closes",
    on: "window",
    from: ["working"],
    guard: (order, step, { now }) => stepNamed(step).sleeps === true && !isSendOver(order, now),
    to: "sleeping",
    write: (order, step, { lease, said, now }) =>
      sleep(
        step,
        lease,
        { sleepsFor: "window", wakeAt: nextRunAt(order, { kind: "window" }, now) },
        1,
        said,
        "The sending window is closed. It continues at",
      ),
  }),
  row({
    title: "its sending window closes at sendUntil",
    on: "window",
    from: ["working"],
    guard: always,
    to: "complete",
    write: (order, step, { lease, said, now }) => completeAtEnd(order, step, lease, said, now),
  }),
  row({
    title: "its quota is used up and sendUntil is reached",
    on: "quota",
    from: ["working"],
    guard: (_, step) => stepNamed(step).sleeps === true,
    to: "complete",
    write: (order, step, { lease, said, now }) => completeAtEnd(order, step, lease, said, now),
  }),
  row({
    title: "its quota is used up and it may not sleep",
    on: "quota",
    from: ["working"],
    guard: always,
    to: "error",
    write: (order, step, { lease, said, now, wakeAt }) => {
      const frees = wakeAt === undefined ? "later" : `at ${instant(wakeAt)}`;
      const message = said.message ?? `The account's quota is used up; it frees ${frees}. Start again then.`;
      return endWith(order, step, "error", lease, { ...said, message }, now);
    },
  }),
  row({
    title: "a continuous pass fails and is tried again",
    on: "retryable",
    from: ["working"],
    guard: (order, step) =>
      stepNamed(step).sleeps === true && order.sendContinuously && (order.steps[step].attempt ?? 1) < passAttempts,
    to: "sleeping",
    write: (order, step, { lease, said, now, random }) => {
      const attempt = order.steps[step].attempt ?? 1;
      const wakeAt = nextRunAt(order, { kind: "retry", failedPasses: attempt }, now, random);
      const why = `Attempt ${attempt} of ${passAttempts} failed. It is tried again at`;
      const unsettled = unsettledAfter(order, step, {
        status: "sleeping",
        now,
        counters: said.counters,
        byWorker: true,
      });
      return joinWrites(sleep(step, lease, { sleepsFor: "retry", wakeAt }, attempt + 1, said, why), {
        set: [[["unsettled"], unsettled]],
        remove: [],
        when: [],
      });
    },
  }),
  row({
    title: "the database is unavailable and the run continues after the outage",
    on: "retryable",
    from: ["working"],
    guard: (order, _, { outage }) => outage === true && order.losses < runLimits.lossesSurvived,
    to: "working",
    // As if its process were lost. Ingest adds the job, which is the pause before the next attempt.
    write: (order, step, { lease, said, now }) =>
      joinWrites(
        freshToken(lease, lease.token + 1, now),
        { set: [[["losses"], order.losses + 1]], remove: [], when: underLease(lease) },
        saidIn(step, { ...said, message: [said.message, "It continues in a moment."].filter(Boolean).join(" ") }),
      ),
  }),
  row({
    title: "it fails for a transient reason and has no attempt left",
    on: "retryable",
    from: ["working"],
    guard: always,
    to: "error",
    write: (order, step, { lease, said, now, outage }) => {
      const repair = outage ? "Start it again once the outage is over." : undefined;
      const message = [said.message, repair].filter(Boolean).join(" ");
      return endWith(order, step, "error", lease, message ? { ...said, message } : said, now);
    },
  }),
  row({
    title: "it fails",
    on: "failed",
    from: ["working"],
    guard: always,
    to: "error",
    write: (order, step, { lease, said, now }) => endWith(order, step, "error", lease, said, now),
  }),
  row({
    title: "its worker throws something unexpected",
    on: "threw",
    from: ["working"],
    guard: always,
    to: "exception",
    // While there is a lease, the fence equals its token.
    write: (order, step, { lease, said, now }) =>
      joinWrites(endWith(order, step, "exception", lease, said, now), raiseFence(lease.token)),
  }),
  row({
    title: "its worker shuts down and releases it",
    on: "release",
    from: ["working"],
    guard: always,
    to: "working",
    write: (_, __, { lease, now }) => joinWrites(freshToken(lease, lease.token + 1, now), only(...underLease(lease))),
    addsJob: true,
  }),
];

function endWith(
  order: WorkOrder,
  step: StepName,
  status: "complete" | "error" | "exception",
  lease: LeaseClaim,
  said: Said,
  now: number,
): OrderWrite {
  return joinWrites(endRun(order, step, status, now, said), saidIn(step, said), only(...underLease(lease)));
}

function completeAtEnd(order: WorkOrder, step: StepName, lease: LeaseClaim, said: Said, now: number): OrderWrite {
  if (!isSendOver(order, now)) return endWith(order, step, "complete", lease, said, now);
  const message = [said.message, sendUntilMessage(order, said)].filter(Boolean).join(" ");
  return endWith(order, step, "complete", lease, { ...said, ...skipTheRest(said), message }, now);
}

function sleep(step: StepName, lease: LeaseClaim, until: Sleep, attempt: number, said: Said, why: string): OrderWrite {
  const message = [said.message, `${why} ${instant(until.wakeAt)}.`].filter(Boolean).join(" ");
  return joinWrites(
    fallAsleep(step, until, nextPassRunId(lease.runId), attempt),
    saidIn(step, { ...said, message }),
    only(...underLease(lease)),
  );
}

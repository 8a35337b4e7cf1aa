import type { StepName } from "../steps.ts";
import { epochMilliseconds, instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { joinWrites, type OrderWrite } from "./orderWrite.ts";
import { peopleLeft, sendUntilMessage } from "./passes.ts";
import type { RunLimits } from "./runLimits.ts";
import {
  beginRun,
  endRun,
  freshToken,
  type LeaseClaim,
  only,
  raiseFence,
  sameValue,
  sayInStep,
  stepPath,
  underLease,
} from "./runWrites.ts";
import { isSendOver } from "./schedule.ts";
import { type Row, row } from "./transitionRow.ts";

/** What the reaper does to a step: lost jobs and processes, ended sleeps. Conditional on the run's clock being unchanged. */
export const reaperRows: readonly Row[] = [
  row({
    title: "no worker picks it up",
    on: "not-picked-up",
    from: ["working"],
    guard: (order, _, { silentMilliseconds, limits }) =>
      order.runLease?.worker === undefined && silentMilliseconds >= limits.pickUpMilliseconds,
    to: "working",
    write: (order, step, { now }) => ({
      set: [[["runCheckAt"], instant(now)]],
      remove: [],
      when: [...stillSilent(order, step), { path: ["runLease", "worker"], exists: false }],
    }),
    addsJob: true,
  }),
  row({
    title: "its process is lost",
    on: "lost",
    from: ["working"],
    guard: (order, _, trigger) => isLost(order, trigger) && order.losses < trigger.limits.lossesSurvived,
    to: "working",
    write: (order, step, { now }) =>
      joinWrites(
        freshToken(leaseOf(order, step), order.fence + 1, now, lostWorker(order)),
        sayInStep(step, "The process that worked on it was lost. Another one continues."),
        { set: [[["losses"], order.losses + 1]], remove: [], when: stillSilent(order, step) },
      ),
    addsJob: true,
  }),
  row({
    title: "its process is lost once too often",
    on: "lost",
    from: ["working"],
    guard: (order, _, trigger) => isLost(order, trigger),
    to: "exception",
    write: (order, step, { now }) =>
      joinWrites(
        endRun(order, step, "exception", now),
        raiseFence(order.fence),
        sayInStep(
          step,
          `The process that worked on it was lost ${order.losses + 1} times, so the run ended. It can be started again.`,
        ),
        { set: [[["losses"], order.losses + 1]], remove: [], when: stillSilent(order, step) },
      ),
  }),
  row({
    title: "its sleep is over",
    on: "due",
    from: ["sleeping"],
    // At `sendUntil` a last run records everyone an earlier one left as skipped: it sends no message.
    guard: (order, step, { now }) =>
      isDue(order, step, now) && (!isSendOver(order, now) || peopleLeft(order.steps[step]) > 0),
    to: "working",
    write: (order, step, { now }) => {
      const { nextRunId, attempt = 1, confirmedRecipients, selection } = order.steps[step];
      const run = { runId: nextRunId as string, attempt, confirmedRecipients, selection };
      return joinWrites(beginRun(order, step, run, now), sameSleep(order, step));
    },
    addsJob: true,
  }),
  row({
    title: "its sleep is over at sendUntil",
    on: "due",
    from: ["sleeping"],
    guard: (order, step, { now }) => isDue(order, step, now),
    to: "complete",
    write: (order, step, { now }) =>
      joinWrites(
        endRun(order, step, "complete", now),
        sayInStep(step, sendUntilMessage(order, order.steps[step])),
        sameSleep(order, step),
      ),
  }),
];

interface Silence {
  readonly silentMilliseconds: number;
  readonly limits: RunLimits;
}

function leaseOf(order: WorkOrder, step: StepName): LeaseClaim {
  return { step, runId: order.runLease?.runId ?? "", token: order.runLease?.token ?? 0 };
}

function lostWorker({ runLease, runCheckAt }: WorkOrder) {
  const worker = runLease?.worker;
  return worker === undefined || runCheckAt === undefined ? undefined : { worker, heartbeatAt: runCheckAt };
}

function isLost(order: WorkOrder, { silentMilliseconds, limits }: Silence): boolean {
  return order.runLease?.worker !== undefined && silentMilliseconds >= limits.takeOverMilliseconds;
}

function isDue(order: WorkOrder, step: StepName, now: number): boolean {
  const { nextRunAt, nextRunId, scheduled } = order.steps[step];
  // A scheduled start has rows of its own, which judge it again.
  return (
    scheduled === undefined && nextRunAt !== undefined && nextRunId !== undefined && epochMilliseconds(nextRunAt) <= now
  );
}

/** A single heartbeat since the order was read refuses the write. */
function stillSilent(order: WorkOrder, step: StepName) {
  return [...underLease(leaseOf(order, step)), sameValue(["runCheckAt"], order.runCheckAt)];
}

/** Settings may be edited while Send sleeps; of them `sendUntil` decides whether it wakes or ends. */
function sameSleep(order: WorkOrder, step: StepName): OrderWrite {
  return only(
    sameValue(["sendUntil"], order.sendUntil),
    { path: stepPath(step, "status"), equals: "sleeping" },
    sameValue(stepPath(step, "nextRunId"), order.steps[step].nextRunId),
    { path: ["fence"], equals: order.fence },
  );
}

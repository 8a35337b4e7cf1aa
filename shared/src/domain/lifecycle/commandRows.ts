import type { StepName } from "../steps.ts";
import type { StepRecord } from "../workOrder.ts";
import { resting } from "./busyStep.ts";
import { joinWrites, type OrderWrite } from "./orderWrite.ts";
import { beginRun, endRun, only, raiseFence, sameValue, sayInStep, stepPath, unchangedSince } from "./runWrites.ts";
import { runIdOf } from "./scheduledStart.ts";
import { judgeStart } from "./startGuards.ts";
import { always, type Row, row } from "./transitionRow.ts";

/** A scheduled start that is stopped counts as begun, so that its command, if it is delivered again, schedules nothing. */
function stopped(record: StepRecord, step: StepName): OrderWrite {
  if (!record.scheduled) return sayInStep(step, "Stopped by a user.");
  return joinWrites(sayInStep(step, `The start scheduled for ${record.scheduled.at} was cancelled by a user.`), {
    set: [[stepPath(step, "runId"), runIdOf(record) ?? ""]],
    remove: [],
    when: [],
  });
}

/** What a user's command does to a step. A start or stop that fits no row changes nothing. */
export const commandRows: readonly Row[] = [
  row({
    title: "a user starts it",
    on: "start",
    from: [...resting, "sleeping"],
    guard: (order, step, { now }) => judgeStart(order, step, now).verdict === "granted",
    to: "working",
    write: (order, step, { commandId, confirmedRecipients, selection, now }) =>
      joinWrites(
        beginRun(order, step, { runId: commandId, attempt: 1, confirmedRecipients, selection }, now),
        only(...unchangedSince(order)),
      ),
    addsJob: true,
  }),
  row({
    title: "a user starts it before its predecessor is complete",
    on: "start",
    from: resting,
    guard: (order, step, { now }) => judgeStart(order, step, now).verdict === "predecessor",
    to: "error",
    write: (order, step, { now }) => {
      const verdict = judgeStart(order, step, now);
      const reason = verdict.verdict === "granted" ? "" : verdict.reason;
      const details: OrderWrite = { set: [], remove: [stepPath(step, "details")], when: unchangedSince(order) };
      return joinWrites(endRun(order, step, "error", now), sayInStep(step, reason), details);
    },
  }),
  row({
    title: "a user stops it",
    on: "stop",
    from: ["working", "sleeping"],
    guard: always,
    to: "interrupted",
    // Not conditional on the version: progress writes must not delay a stop.
    write: (order, step, { now }) =>
      joinWrites(
        endRun(order, step, "interrupted", now),
        raiseFence(order.fence),
        stopped(order.steps[step], step),
        only(
          { path: stepPath(step, "status"), equals: order.steps[step].status },
          sameValue(stepPath(step, "runId"), order.steps[step].runId),
          sameValue(stepPath(step, "nextRunId"), order.steps[step].nextRunId),
          { path: ["fence"], equals: order.fence },
        ),
      ),
  }),
];

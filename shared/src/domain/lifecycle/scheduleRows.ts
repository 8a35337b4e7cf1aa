import { instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { resting } from "./busyStep.ts";
import { joinWrites, type OrderWrite } from "./orderWrite.ts";
import { beginRun, endRun, only, sameValue, sayInStep, stepPath, unchangedSince } from "./runWrites.ts";
import { contentHashes, judgeDue, scheduleFault } from "./scheduledStart.ts";
import { type Row, row } from "./transitionRow.ts";

/** A start at a later time: how it is scheduled, and what becomes of it when its time has come. */
export const scheduleRows: readonly Row[] = [
  row({
    title: "a user schedules its start, or moves it",
    on: "schedule",
    from: [...resting, "sleeping"],
    guard: (order, step, { startAt, now }) => scheduleFault(order, step, startAt, now) === undefined,
    to: "sleeping",
    write: (order, step, { commandId, by, startAt, confirmedRecipients }) => ({
      set: [
        [stepPath(step, "status"), "sleeping"],
        [stepPath(step, "message"), `Scheduled: it starts at ${startAt}.`],
        [stepPath(step, "nextRunAt"), startAt],
        [stepPath(step, "nextRunId"), commandId],
        [stepPath(step, "sleepsFor"), "schedule"],
        [stepPath(step, "attempt"), 1],
        [stepPath(step, "scheduled"), { at: startAt, by, hashes: contentHashes(order) }],
        ...(confirmedRecipients === undefined
          ? []
          : [[stepPath(step, "confirmedRecipients"), confirmedRecipients] as const]),
        // A state of its own: a release without schedules does not wake it, as it could not judge it again.
        [["runState"], "scheduled"],
        [["runCheckAt"], startAt],
      ],
      remove: [
        stepPath(step, "ceiling"),
        ...(confirmedRecipients === undefined ? [stepPath(step, "confirmedRecipients")] : []),
      ],
      when: unchangedSince(order),
    }),
  }),
  row({
    title: "its scheduled start no longer fits, or was missed",
    on: "due",
    from: ["sleeping"],
    guard: (order, step, { now }) => judgeDue(order, step, now)?.verdict === "end",
    to: "error",
    write: (order, step, { now }) => {
      const due = judgeDue(order, step, now);
      return joinWrites(endRun(order, step, "error", now), sayInStep(step, due?.verdict === "end" ? due.reason : ""), {
        set: [
          [stepPath(step, "runId"), order.steps[step].nextRunId],
          [stepPath(step, "scheduledFor"), order.steps[step].scheduled?.at],
        ],
        remove: [],
        when: unchangedSince(order),
      });
    },
  }),
  row({
    title: "its scheduled start waits for an edit",
    on: "due",
    from: ["sleeping"],
    guard: (order, step, { now }) => judgeDue(order, step, now)?.verdict === "hold",
    to: "sleeping",
    write: (order, step, { now }) => {
      const { scheduled } = order.steps[step];
      const message = `It was to start at ${scheduled?.at}. It starts as soon as the work order is no longer being edited.`;
      return joinWrites(sayInStep(step, message), {
        set: [[stepPath(step, "scheduled"), { ...scheduled, heldSince: instant(now) }]],
        remove: [],
        when: unchangedSince(order),
      });
    },
  }),
  row({
    title: "its scheduled start is due",
    on: "due",
    from: ["sleeping"],
    guard: (order, step, { now }) => judgeDue(order, step, now)?.verdict === "start",
    to: "working",
    write: (order, step, { now }) => {
      const { nextRunId, confirmedRecipients, scheduled } = order.steps[step];
      const run = { runId: nextRunId as string, attempt: 1, confirmedRecipients, scheduledFor: scheduled?.at };
      return joinWrites(beginRun(order, step, run, now), notEditedSince(order), only(...unchangedSince(order)));
    },
    addsJob: true,
  }),
];

/** Taking and renewing an edit lease leaves the version of the order as it is. */
function notEditedSince({ editLease }: WorkOrder): OrderWrite {
  return only(sameValue(["editLease", "expiresAt"], editLease?.expiresAt));
}

import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { StepResult } from "@email-agent/shared/run/stepRun.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import type { OrderStart } from "./orderActs.ts";
import { type End, steps } from "./orderHappenings.ts";
import { newOrder, type OrderModel } from "./orderModel.ts";

const hour = 3_600_000;
const counters = { total: 3, sent: 3, skipped: 0, failed: 0, inDoubt: 0 };

/** Content that Prepare publishes. */
const content = (version: number) => ({
  EN: { s3Key: `prepared/${version}`, hash: String(version).padStart(64, "0"), bytes: 1 },
});

/** A new order whose first steps are complete, and the model of it. */
export function orderAtStart(
  { completed, continuous }: OrderStart,
  now: number,
): { order: WorkOrder; model: OrderModel } {
  const order = anOrder({ sendContinuously: continuous, sendInterval: 3600 });
  const ends = now + 5 * hour;
  for (const step of steps.slice(0, completed)) order.steps[step] = { status: "complete" };
  if (continuous) order.sendUntil = instant(ends);
  const published = completed > steps.indexOf("Prepare");
  if (published) order.prepared = { EN: { ...content(0).EN, preparedAt: instant(now) } };
  const statuses = Object.fromEntries(steps.map((step) => [step, order.steps[step].status])) as OrderModel["steps"];
  return { order, model: { ...newOrder, steps: statuses, continuous, published, ...(continuous && { ends }) } };
}

/** How a handler ends for each word of the model; `version` of the content it publishes if it does. */
export function handlerEnd(end: End, now: number, version: number | undefined): StepResult | { thrown: unknown } {
  switch (end) {
    case "complete":
    case "new content":
      return { kind: "complete", counters, ...(version !== undefined && { prepared: content(version) }) };
    case "pass":
      return { kind: "sleep", cause: "next-pass", counters };
    case "quota":
      return { kind: "sleep", cause: "quota", wakeAt: now + 2 * hour, counters: { ...counters, sent: 1 } };
    case "error":
      return { kind: "error", message: "It is refused." };
    case "unavailable":
      return { thrown: new AppError("dependency", "The mail server is away.") };
    case "outage":
      return { thrown: new AppError("storage", "The tables are away.") };
    case "bug":
      return { thrown: new TypeError("undefined is no function") };
  }
}

/** The part of an order that the model speaks of. */
export function stateOf(order: WorkOrder) {
  const { runLease, runState, steps: records, fence, losses, pendingCommandAt, editLease, lastCommand } = order;
  const { scheduled, nextRunId } = records.Send;
  return {
    steps: Object.fromEntries(steps.map((step) => [step, records[step].status])),
    run: runLease && { step: runLease.step, id: runLease.runId, isHeld: runLease.worker !== undefined },
    ...(runLease && { losses }),
    sleep:
      nextRunId === undefined ? undefined : { next: nextRunId, scheduled: scheduled?.at, held: scheduled?.heldSince },
    token: fence,
    isPending: pendingCommandAt !== undefined,
    formOpenUntil: editLease?.expiresAt,
    runState: runState === "settling" ? undefined : runState,
    judged: lastCommand && `${lastCommand.id} ${lastCommand.outcome}`,
  };
}

/** The same of the model. `judged`: the command that was judged last. */
export function expectedState(
  { run, sleep, losses, formOpenUntil, ...model }: OrderModel,
  judged: string | undefined,
): ReturnType<typeof stateOf> {
  const { next, scheduled } = sleep ?? {};
  return {
    steps: model.steps,
    run: run && { step: run.step, id: run.id, isHeld: run.worker !== undefined },
    ...(run && { losses }),
    sleep:
      next === undefined
        ? undefined
        : {
            next,
            scheduled: scheduled && instant(scheduled.at),
            held: scheduled?.heldSince === undefined ? undefined : instant(scheduled.heldSince),
          },
    token: model.token,
    isPending: model.pending !== undefined,
    formOpenUntil: formOpenUntil === undefined ? undefined : instant(formOpenUntil),
    runState: run ? "working" : scheduled ? "scheduled" : sleep ? "sleeping" : undefined,
    judged: judged === undefined ? undefined : `${judged} ${model.commands[judged]?.outcome}`,
  };
}

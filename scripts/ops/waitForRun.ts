import type { Action } from "@email-agent/shared/domain/command.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { type WorkOrder, zeroCounters } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { type Operation, refuse, sayJson } from "./operation.ts";
import { progressBar } from "./screen.ts";

interface Given {
  readonly id: string;
  readonly commandId: string;
  readonly step: StepName;
  readonly action: Action;
}

const lookMilliseconds = 300;
/** A judgement takes a fraction of a second; without the stream router ingest finds the command after half a minute. */
const judgedWithinMilliseconds = 60_000;

/**
 * Waits for the judgement of a command, and with --wait for the end of the step. True if the command was accepted and, with
 * --wait, a started step is complete or a stopped one has ended. Ctrl-C ends the waiting and not the step.
 */
export async function waitForRun(operation: Operation<{ readonly wait?: true }>, given: Given): Promise<boolean> {
  const { options, say, complain, signal } = operation;
  const judged = await until(
    operation,
    given,
    (order) => order.lastCommand?.id === given.commandId,
    judgedWithinMilliseconds,
  );
  if (!judged)
    return refuse(
      operation,
      `No ingest has judged the command for ${judgedWithinMilliseconds / 1000} s: does one run? The command waits on the work order.`,
    );
  const { outcome, reason = "no reason given" } = judged.lastCommand ?? {};
  if (outcome !== "accepted") return refuse(operation, `The command was ${outcome}: ${reason}`);
  const ended = options.wait ? await waitForEnd(operation, given) : judged;
  const { status, message, counters, runId } = ended.steps[given.step];
  if (options.json) sayJson(operation, { ...given, status, message, counters, runId });
  if (!options.wait) return true;
  if (signal.aborted) {
    complain(`Not waited for: ${given.step} goes on. \`ops orders stop ${given.id} ${given.step}\` stops it.`);
    return false;
  }
  if (!options.json) say(`${given.step} is ${status}: ${message ?? ""}`);
  return given.action === "stop" || status === "complete";
}

async function waitForEnd(operation: Operation, given: Given): Promise<WorkOrder> {
  using bar = progressBar(operation, given.step);
  const isOver = ({ steps }: WorkOrder) => {
    const { status, counters = zeroCounters } = steps[given.step];
    bar.at(counters.sent + counters.failed + counters.inDoubt + counters.skipped, counters.total);
    return status !== "working" && status !== "sleeping";
  };
  return (await until(operation, given, isOver)) ?? (await latest(operation, given.id));
}

async function latest({ orders }: Pick<Operation, "orders">, id: string): Promise<WorkOrder> {
  const order = await orders.get(id);
  if (!order) throw new Error(`The work order ${id} is gone: it was deleted meanwhile.`);
  return order;
}

/** The first state of the order that fits; undefined after the time, or at Ctrl-C. */
async function until(
  operation: Operation,
  { id }: Given,
  fits: (order: WorkOrder) => boolean,
  withinMilliseconds = Number.POSITIVE_INFINITY,
): Promise<WorkOrder | undefined> {
  const giveUpAt = systemClock.monotonic() + withinMilliseconds;
  while (!operation.signal.aborted && systemClock.monotonic() < giveUpAt) {
    const order = await latest(operation, id);
    if (fits(order)) return order;
    await systemClock.sleep(lookMilliseconds, operation.signal).catch(() => undefined);
  }
  return undefined;
}

import type { StepName } from "../steps.ts";
import type { StepStatus, WorkOrder } from "../workOrder.ts";
import { commandRows } from "./commandRows.ts";
import type { OrderWrite } from "./orderWrite.ts";
import { reaperRows } from "./reaperRows.ts";
import { scheduleRows } from "./scheduleRows.ts";
import type { Row, Trigger } from "./transitionRow.ts";
import { workerRows } from "./workerRows.ts";

/**
 * The life of a step: every transition there is. The first row whose trigger, status and guard fit is taken; no row
 * means the order stays as it is. Resets by edits are in `invalidation.ts`.
 */
export const transitionTable: readonly Row[] = [...commandRows, ...workerRows, ...scheduleRows, ...reaperRows];

export interface Transition {
  readonly title: string;
  readonly to: StepStatus;
  readonly write: OrderWrite;
  /** Behind the write the job of the order's lease is added. */
  readonly addsJob: boolean;
}

/** The transition a trigger makes on a step; undefined if it changes nothing. */
export function transition(order: WorkOrder, step: StepName, trigger: Trigger): Transition | undefined {
  const status = order.steps[step].status;
  const taken = transitionTable.find(
    (candidate) =>
      candidate.on === trigger.kind &&
      candidate.from.includes(status) &&
      candidate.guard(order, step, trigger as never),
  );
  if (!taken) return undefined;
  return {
    title: taken.title,
    to: taken.to,
    write: taken.write(order, step, trigger as never),
    addsJob: taken.addsJob ?? false,
  };
}

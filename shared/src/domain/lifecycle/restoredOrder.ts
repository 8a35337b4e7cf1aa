import { instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { busyStep, runningStep } from "./busyStep.ts";
import { withWrite } from "./orderWrite.ts";
import { sayInStep } from "./runWrites.ts";
import { recountWrite } from "./settlementWrites.ts";
import { transition } from "./stepTransitions.ts";

/** `at`: when it was restored; `ledgerAt`: mails sent before it are in the ledger of the backup; `by`: who restored it. */
export type RestoredFrom = {
  readonly at: string;
  readonly ledgerAt: string;
  readonly by: string;
};

/**
 * Above every version and token that was given out after the backup: browsers that still show a later state take the
 * restored one, and no worker of that time can write.
 */
const leap = 1_000_000;

/**
 * An order of a backup as it is put back. What worked or slept is interrupted, for its worker is gone and so may be its
 * time; commands and edit leases are gone; the numbers of Send are to be counted again from the ledger. A Send is held
 * until it is released: mails sent after `ledgerAt` are unknown here.
 *
 * @throws Error if a step of a later release works: what to do with it is known there.
 */
export function restoredOrder(order: WorkOrder, restored: RestoredFrom, now: number): WorkOrder {
  const step = runningStep(order);
  const stop = step && transition(order, step, { kind: "stop", now });
  const message = `Interrupted: it was at work when the backup of ${restored.ledgerAt} was made.`;
  const stopped = step && stop ? withWrite(withWrite(order, stop.write), sayInStep(step, message)) : order;
  const busy = busyStep(stopped);
  if (busy)
    throw new Error(
      `${busy.name} of the work order ${order.id} is "${busy.status}": restore it with the release that wrote it.`,
    );
  const { command, pendingCommandAt, editLease, runLease, runState, runCheckAt, unsettled, settler, ...rest } = stopped;
  const resting = { ...rest, restored } as WorkOrder;
  const recount = recountWrite(resting, now);
  const counted = recount ? withWrite(resting, recount) : resting;
  return {
    ...counted,
    version: order.version + leap,
    fence: order.fence + leap,
    updatedAt: instant(now),
    updatedBy: restored.by,
  };
}

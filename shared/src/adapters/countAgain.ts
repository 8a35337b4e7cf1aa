import type { OrderWrite } from "../domain/lifecycle/orderWrite.ts";
import type { WorkOrder } from "../domain/workOrder.ts";
import { AppError } from "../kit/errors.ts";
import type { WorkOrderStore } from "./workOrderStore.ts";

const tries = 8;

/**
 * Has a run that ended counted again: `make` is given the newest order and returns the write that lists the run as unsettled, or
 * undefined if there is nothing to count. A write that meets another one is made anew. It may be called again at any time.
 * AppError `storage` if the order changes again and again.
 */
export async function countAgain(
  orders: Pick<WorkOrderStore, "get" | "write">,
  workOrderId: string,
  make: (order: WorkOrder) => OrderWrite | undefined,
): Promise<void> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const order = await orders.get(workOrderId);
    const write = order && make(order);
    if (!write || (await orders.write(workOrderId, write, { heartbeat: true }))) return;
  }
  throw new AppError("storage", `Work order ${workOrderId} changed again and again while a recount was started.`);
}

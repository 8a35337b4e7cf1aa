import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { claimPartitions } from "@email-agent/shared/domain/lifecycle/settlement.ts";
import { recountWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Matched } from "./matched.ts";

export interface RecountPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write">;
  readonly clock: Pick<Clock, "now">;
}

const tries = 8;

/**
 * Starts a recount of the order's last Send if the mail is one of it and the Send still counts a mail in doubt. It may be
 * called again at any time. AppError `storage` if the order changes again and again: the report is to be taken again then.
 */
export async function recountSend({ orders, clock }: RecountPorts, { delivery, partition }: Matched): Promise<void> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const order = await orders.get(delivery.workOrderId);
    const { runId, counters } = order?.steps.Send ?? {};
    if (!order || runId === undefined || !counters?.inDoubt) return;
    if (!claimPartitions(order, "Send", runId).includes(partition)) return;
    const write = recountWrite(order, clock.now());
    if (!write || (await orders.write(order.id, write, { heartbeat: true }))) return;
  }
  throw new AppError("storage", "An order changed again and again while a recount of its Send was started.");
}

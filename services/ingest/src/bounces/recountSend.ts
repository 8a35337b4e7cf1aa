import { countAgain } from "@email-agent/shared/adapters/countAgain.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { claimPartitions } from "@email-agent/shared/domain/lifecycle/settlement.ts";
import { recountWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Matched } from "./matched.ts";

export interface RecountPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write">;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Starts a recount of the order's last Send if the mail is one of it and the Send still counts a mail in doubt. It may be
 * called again at any time. AppError `storage` if the order changes again and again: the report is to be taken again then.
 */
export async function recountSend({ orders, clock }: RecountPorts, { delivery, partition }: Matched): Promise<void> {
  await countAgain(orders, delivery.workOrderId, (order) => {
    const { runId, counters } = order.steps.Send;
    const isItsSend = runId !== undefined && claimPartitions(order, "Send", runId).includes(partition);
    return isItsSend && counters?.inDoubt ? recountWrite(order, clock.now()) : undefined;
  });
}

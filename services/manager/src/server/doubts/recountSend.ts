import { countAgain } from "@email-agent/shared/adapters/countAgain.ts";
import { recountWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import type { Manager } from "../manager.ts";

type Ports = Pick<Manager, "orders" | "clock">;

/** Starts a recount of the order's Send. If this fails, the numbers stay as they are until the next run. */
export async function recountSend(ports: Ports & Pick<Manager, "log">, id: string) {
  try {
    await beginRecount(ports, id);
  } catch (error) {
    ports.log.warn({ error, workOrderId: id }, "the numbers of a Send could not be recounted after a resolution");
  }
}

/** The same, but throws what fails. */
export async function beginRecount({ orders, clock }: Ports, id: string): Promise<void> {
  await countAgain(orders, id, (order) => recountWrite(order, clock.now()));
}

import { recountWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import type { Manager } from "../manager.ts";

const tries = 5;

/** Starts a recount of the order's Send. If this fails, the numbers stay as they are until the next run. */
export async function recountSend({ orders, clock, log }: Pick<Manager, "orders" | "clock" | "log">, id: string) {
  try {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const order = await orders.get(id);
      const write = order && recountWrite(order, clock.now());
      if (!write || (await orders.write(id, write, { heartbeat: true }))) return;
    }
  } catch (error) {
    log.warn({ error, workOrderId: id }, "the numbers of a Send could not be recounted after a resolution");
  }
}

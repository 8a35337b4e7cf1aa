import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { isOrderId, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";

/** The order, if it exists and the user may see its event; else AppError `not-found`, the same for both. */
export async function orderFor({ orders }: Pick<Manager, "orders">, user: User, id: string): Promise<WorkOrder> {
  // Other items of the table are not readable, not even whether they exist.
  const order = isOrderId(id) ? await orders.get(id) : undefined;
  if (order && maySee(user, order.eventCode)) return order;
  throw new AppError("not-found", `There is no work order ${id}, or it belongs to an event you have no access to.`);
}

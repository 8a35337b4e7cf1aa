import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import type { Order, OrderList } from "../../api/orders.ts";
import type { Manager } from "../manager.ts";
import { shownOrder } from "./shownOrder.ts";

/** Every order the user may see, archived ones included. Items that do not fit the schema are counted, and logged once. */
export async function listOrders({ orders, reportBadItem }: Manager, user: User): Promise<OrderList> {
  const found: Order[] = [];
  let unreadable = 0;
  const onBadItem = (error: unknown) => {
    unreadable += 1;
    reportBadItem(error, "a work order cannot be read");
  };
  for await (const order of orders.list(onBadItem)) {
    if (maySee(user, order.eventCode)) found.push(shownOrder(order, user, "without details"));
  }
  return { orders: found, unreadable };
}

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { askedMailing } from "../../../../../server/recipients/askedList.ts";
import { reconcileOrder } from "../../../../../server/recipients/reconcileOrder.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, query, signal }) => {
  const order = await orderFor(manager, user, params.id);
  return reconcileOrder(manager, order, askedMailing(order, user, query.get("mailing")), signal);
});

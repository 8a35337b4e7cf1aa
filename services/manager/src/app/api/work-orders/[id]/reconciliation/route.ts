import { answer } from "../../../../../server/http/answer.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { reconcileOrder } from "../../../../../server/recipients/reconcileOrder.ts";

export const GET = answer<{ id: string }>({}, async ({ manager, user, params, signal }) =>
  reconcileOrder(manager, await orderFor(manager, user, params.id), signal),
);

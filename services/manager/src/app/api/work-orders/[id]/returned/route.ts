import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { askedMailing } from "../../../../../server/recipients/askedList.ts";
import { readReturned } from "../../../../../server/recipients/readReturned.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, query }) => {
  const order = await orderFor(manager, user, params.id);
  return readReturned(manager, askedMailing(order, user, query.get("mailing")));
});

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { readRecipients } from "../../../../../server/recipients/readRecipients.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, query, signal }) =>
  readRecipients(manager, user, await orderFor(manager, user, params.id), query, signal),
);

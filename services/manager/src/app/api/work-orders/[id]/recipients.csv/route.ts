import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { exportRecipients } from "../../../../../server/recipients/exportRecipients.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, query, signal }) =>
  exportRecipients(manager, user, await orderFor(manager, user, params.id), query, signal),
);

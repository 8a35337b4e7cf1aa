import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { readRetry } from "../../../../../server/recipients/readRetry.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, signal }) =>
  readRetry(manager, await orderFor(manager, user, params.id), signal),
);

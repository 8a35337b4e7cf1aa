import { readCauses } from "../../../../../server/doubts/readCauses.ts";
import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, query, signal }) =>
  readCauses(manager, user, await orderFor(manager, user, params.id), query, signal),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { findParticipants } from "../../../../../server/preview/findParticipants.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, query, signal }) =>
  findParticipants(manager, user, await orderFor(manager, user, params.id), query.get("search") ?? "", signal),
);

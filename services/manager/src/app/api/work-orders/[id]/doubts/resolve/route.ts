import { resolveMany, resolveManyBody } from "../../../../../../server/doubts/resolveMany.ts";
import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../../server/orders/orderFor.ts";

export const POST = apiRoute<{ id: string }, typeof resolveManyBody>(
  { rights: ["write"], body: resolveManyBody },
  async ({ manager, user, params, body, signal }) =>
    resolveMany(manager, user, await orderFor(manager, user, params.id), body, signal),
);

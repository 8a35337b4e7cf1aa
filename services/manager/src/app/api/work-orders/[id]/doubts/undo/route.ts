import { undoBody, undoResolution } from "../../../../../../server/doubts/undoResolution.ts";
import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../../server/orders/orderFor.ts";

export const POST = apiRoute<{ id: string }, typeof undoBody>(
  { rights: ["write"], body: undoBody },
  async ({ manager, user, params, body, signal }) =>
    undoResolution(manager, user, await orderFor(manager, user, params.id), body, signal),
);

import { apiRoute } from "../../../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../../../server/orders/orderFor.ts";
import { resolveBody, resolveDelivery } from "../../../../../../../server/recipients/resolveDelivery.ts";

export const POST = apiRoute<{ id: string; participantId: string }, typeof resolveBody>(
  { rights: ["write"], body: resolveBody },
  async ({ manager, user, params, body }) =>
    resolveDelivery(manager, user, await orderFor(manager, user, params.id), params.participantId, body),
);

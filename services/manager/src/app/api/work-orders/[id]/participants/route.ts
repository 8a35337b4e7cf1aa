import { answer } from "../../../../../server/http/answer.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { findParticipants } from "../../../../../server/preview/findParticipants.ts";

export const GET = answer<{ id: string }>({}, async ({ manager, user, params, query, signal }) => {
  await orderFor(manager, user, params.id);
  return findParticipants(manager, user, query.get("search") ?? "", signal);
});

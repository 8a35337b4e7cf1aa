import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { findParticipants } from "../../../../server/preview/findParticipants.ts";
import { draftOrder } from "../../../../server/templates/draftOrder.ts";
import { placeOfQuery } from "../../../../server/templates/templateBodies.ts";

export const GET = apiRoute({}, async ({ manager, user, query, signal }) => {
  const { order } = await draftOrder(manager, user, placeOfQuery(query));
  return findParticipants(manager, user, order, query.get("search") ?? "", signal);
});

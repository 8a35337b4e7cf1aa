import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { returnedOfOrders } from "../../../../server/recipients/returnedOfOrders.ts";

export const GET = apiRoute({}, ({ manager, user, query }) =>
  returnedOfOrders(manager, user, query.get("orders") ?? ""),
);

import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { checkOrder } from "../../../../server/orders/checkOrder.ts";
import { checkBodySchema } from "../../../../server/orders/orderBodies.ts";

export const POST = apiRoute({ body: checkBodySchema }, async ({ manager, user, body }) =>
  checkOrder(manager, user, body),
);

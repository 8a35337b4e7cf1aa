import { answer } from "../../../../server/http/answer.ts";
import { checkOrder } from "../../../../server/orders/checkOrder.ts";
import { checkBodySchema } from "../../../../server/orders/orderBodies.ts";

export const POST = answer({ body: checkBodySchema }, async ({ manager, user, body }) =>
  checkOrder(manager, user, body),
);

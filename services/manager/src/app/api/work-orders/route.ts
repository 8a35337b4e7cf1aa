import { apiRoute } from "../../../server/http/apiRoute.ts";
import { createOrder } from "../../../server/orders/createOrder.ts";
import { listOrders } from "../../../server/orders/listOrders.ts";
import { createBodySchema } from "../../../server/orders/orderBodies.ts";

export const GET = apiRoute({}, async ({ manager, user }) => listOrders(manager, user));

export const POST = apiRoute({ rights: ["write"], body: createBodySchema }, async ({ manager, user, body }) =>
  Response.json(await createOrder(manager, user, body.fields, body.copyOf), {
    status: 201,
    headers: { "cache-control": "no-store" },
  }),
);

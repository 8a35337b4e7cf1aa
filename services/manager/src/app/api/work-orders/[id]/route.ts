import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { deleteOrder } from "../../../../server/orders/deleteOrder.ts";
import { saveBodySchema } from "../../../../server/orders/orderBodies.ts";
import { orderFor } from "../../../../server/orders/orderFor.ts";
import { saveOrder } from "../../../../server/orders/saveOrder.ts";
import { shownOrder } from "../../../../server/orders/shownOrder.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params }) =>
  shownOrder(await orderFor(manager, user, params.id), user, "with details"),
);

export const PATCH = apiRoute<{ id: string }, typeof saveBodySchema>(
  { rights: ["write"], body: saveBodySchema },
  async ({ manager, user, params, body }) => saveOrder(manager, user, params.id, body),
);

export const DELETE = apiRoute<{ id: string }>({ rights: ["write"] }, async ({ manager, user, params, signal }) =>
  deleteOrder(manager, user, params.id, signal),
);

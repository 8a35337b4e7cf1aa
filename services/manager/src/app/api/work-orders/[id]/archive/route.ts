import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { archiveOrder, restoreOrder } from "../../../../../server/orders/archiveOrder.ts";

export const POST = apiRoute<{ id: string }>({ rights: ["write"] }, async ({ manager, user, params }) =>
  archiveOrder(manager, user, params.id),
);

/** Takes the order out of the archive. */
export const DELETE = apiRoute<{ id: string }>({ rights: ["write"] }, async ({ manager, user, params }) =>
  restoreOrder(manager, user, params.id),
);

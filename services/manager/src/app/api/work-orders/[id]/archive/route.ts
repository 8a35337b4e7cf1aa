import { answer } from "../../../../../server/http/answer.ts";
import { archiveOrder, restoreOrder } from "../../../../../server/orders/archiveOrder.ts";

export const POST = answer<{ id: string }>({ write: true }, async ({ manager, user, params }) =>
  archiveOrder(manager, user, params.id),
);

/** Takes the order out of the archive. */
export const DELETE = answer<{ id: string }>({ write: true }, async ({ manager, user, params }) =>
  restoreOrder(manager, user, params.id),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../server/orders/orderFor.ts";
import { makeSelection, selectionBody } from "../../../../../server/recipients/selectedMails.ts";

export const POST = apiRoute<{ id: string }, typeof selectionBody>(
  { rights: ["write"], body: selectionBody },
  async ({ manager, user, params, body, signal }) =>
    makeSelection(manager, user, await orderFor(manager, user, params.id), body, signal),
);

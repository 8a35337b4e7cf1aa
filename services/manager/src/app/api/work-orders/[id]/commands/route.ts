import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { commandSchema, giveCommand } from "../../../../../server/order/giveCommand.ts";

export const POST = apiRoute<{ id: string }, typeof commandSchema>(
  { rights: ["write"], body: commandSchema },
  async ({ manager, user, params, body }) =>
    Response.json(await giveCommand(manager, user, params.id, body), {
      status: 202,
      headers: { "cache-control": "no-store" },
    }),
);

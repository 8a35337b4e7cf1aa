import { answer } from "../../../../../server/http/answer.ts";
import { commandSchema, giveCommand } from "../../../../../server/order/giveCommand.ts";

export const POST = answer<{ id: string }, typeof commandSchema>(
  { write: true, body: commandSchema },
  async ({ manager, user, params, body }) =>
    Response.json(await giveCommand(manager, user, params.id, body), {
      status: 202,
      headers: { "cache-control": "no-store" },
    }),
);

import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { askSenders, askSendersSchema } from "../../../../../../server/settings/account/askSenders.ts";

export const POST = apiRoute<{ name: string }, typeof askSendersSchema>(
  { rights: ["admin"], body: askSendersSchema },
  async ({ manager, user, params, body }) => askSenders(manager, user, params.name, body),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { askedKind } from "../../../../../server/settings/askedKind.ts";
import { checkItem, checkItemSchema } from "../../../../../server/settings/checkItem.ts";

export const POST = apiRoute<{ kind: string }, typeof checkItemSchema>(
  { rights: ["admin"], body: checkItemSchema },
  async ({ manager, params, body }) => checkItem(manager, askedKind(params.kind), body),
);

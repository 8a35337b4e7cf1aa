import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { askedKind } from "../../../../server/settings/askedKind.ts";
import { listItems, newItem } from "../../../../server/settings/readItems.ts";
import { addItem, saveItemSchema } from "../../../../server/settings/saveItem.ts";

export const GET = apiRoute<{ kind: string }>({ rights: ["admin"] }, async ({ manager, params, query }) => {
  const kind = askedKind(params.kind);
  return query.has("form") ? newItem(manager, kind) : listItems(manager, kind);
});

export const POST = apiRoute<{ kind: string }, typeof saveItemSchema>(
  { rights: ["admin"], body: saveItemSchema },
  async ({ manager, user, params, body }) => addItem(manager, user, askedKind(params.kind), body),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { askedKind, askedVersion } from "../../../../../server/settings/askedKind.ts";
import { readItem } from "../../../../../server/settings/readItems.ts";
import { removeItem, saveItem, saveItemSchema } from "../../../../../server/settings/saveItem.ts";

type Params = { kind: string; key: string };

export const GET = apiRoute<Params>({ rights: ["admin"] }, async ({ manager, params }) =>
  readItem(manager, askedKind(params.kind), params.key),
);

export const PUT = apiRoute<Params, typeof saveItemSchema>(
  { rights: ["admin"], body: saveItemSchema },
  async ({ manager, user, params: { kind, key }, body }) =>
    saveItem(manager, user, { kind: askedKind(kind), key }, body),
);

export const DELETE = apiRoute<Params>({ rights: ["admin"] }, async ({ manager, user, params: { kind, key }, query }) =>
  removeItem(manager, user, { kind: askedKind(kind), key }, askedVersion(query)),
);

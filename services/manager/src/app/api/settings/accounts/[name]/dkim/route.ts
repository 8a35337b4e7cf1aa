import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import {
  discardDkimKey,
  makeDkimKey,
  makeKeySchema,
  useDkimKey,
  useKeySchema,
} from "../../../../../../server/settings/account/dkimKeys.ts";

type Params = { name: string };

export const POST = apiRoute<Params, typeof makeKeySchema>(
  { rights: ["admin"], body: makeKeySchema },
  async ({ manager, user, params, body }) => makeDkimKey(manager, user, params.name, body),
);

export const PUT = apiRoute<Params, typeof useKeySchema>(
  { rights: ["admin"], body: useKeySchema },
  async ({ manager, user, params, body }) => useDkimKey(manager, user, params.name, body),
);

export const DELETE = apiRoute<Params>({ rights: ["admin"] }, async ({ manager, user, params }) =>
  discardDkimKey(manager, user, params.name),
);

import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { readAccountState } from "../../../../../../server/settings/account/readAccountState.ts";

export const GET = apiRoute<{ name: string }>({ rights: ["admin"] }, async ({ manager, user, params }) =>
  readAccountState(manager, user, params.name),
);

import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { findPersonByName } from "../../../../server/settings/findPersonByName.ts";

export const GET = apiRoute({ rights: ["admin"] }, async ({ manager, user, query, signal }) =>
  findPersonByName(manager, user, query.get("search") ?? "", signal),
);

import { apiRoute } from "../../../server/http/apiRoute.ts";
import { readReports } from "../../../server/returnedReports/readReports.ts";

export const GET = apiRoute({ rights: ["admin"] }, async ({ manager, user, query }) =>
  readReports(manager, user, query.get("before") ?? undefined),
);

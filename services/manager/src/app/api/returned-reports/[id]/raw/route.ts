import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { rawReport } from "../../../../../server/returnedReports/rawReport.ts";

export const GET = apiRoute<{ id: string }>({ rights: ["admin"] }, async ({ manager, user, params, signal }) =>
  rawReport(manager, user, params.id, signal),
);

import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { dismissReport } from "../../../../server/returnedReports/dismissReport.ts";

export const DELETE = apiRoute<{ id: string }>({ rights: ["admin"] }, async ({ manager, user, params }) =>
  dismissReport(manager, user, params.id),
);

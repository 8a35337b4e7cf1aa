import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { readReport } from "../../../../server/reports/readReport.ts";

export const GET = apiRoute<{ event: string }>({}, ({ manager, user, params }) =>
  readReport(manager, user, params.event),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { exportReport } from "../../../../../server/reports/reportCsv.ts";

export const GET = apiRoute<{ event: string }>({}, ({ manager, user, params }) =>
  exportReport(manager, user, params.event),
);

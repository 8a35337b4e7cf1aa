import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { exportPeopleOfReport } from "../../../../../server/reports/reportCsv.ts";

export const GET = apiRoute<{ event: string }>({}, ({ manager, user, params, signal }) =>
  exportPeopleOfReport(manager, user, params.event, signal),
);

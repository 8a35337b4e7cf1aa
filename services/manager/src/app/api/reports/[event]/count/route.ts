import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { countReport } from "../../../../../server/reports/countReport.ts";

export const POST = apiRoute<{ event: string }>({}, ({ manager, user, params, signal }) =>
  countReport(manager, user, params.event, signal),
);

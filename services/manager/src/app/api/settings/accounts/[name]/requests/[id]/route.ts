import { apiRoute } from "../../../../../../../server/http/apiRoute.ts";
import { readReport } from "../../../../../../../server/settings/account/askSenders.ts";

export const GET = apiRoute<{ name: string; id: string }>({ rights: ["admin"] }, async ({ manager, params }) =>
  readReport(manager, params.name, params.id),
);

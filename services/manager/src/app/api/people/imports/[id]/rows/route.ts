import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { requireAllEvents } from "../../../../../../server/import/createImport.ts";
import { readImportRows } from "../../../../../../server/import/readImports.ts";

export const GET = apiRoute<{ id: string }>(
  { rights: ["people", "write"] },
  async ({ manager, user, params, query }) => {
    requireAllEvents(user);
    return readImportRows(manager, user, params.id, query.get("list"));
  },
);

import { apiRoute } from "../../../../../../../server/http/apiRoute.ts";
import { putImportPart, requireAllEvents } from "../../../../../../../server/import/createImport.ts";

export const PUT = apiRoute<{ id: string; number: string }>(
  { rights: ["people", "write"] },
  async ({ manager, user, params, bytes }) => {
    requireAllEvents(user);
    await putImportPart(manager, params.id, params.number, await bytes());
  },
);

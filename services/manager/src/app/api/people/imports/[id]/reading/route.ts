import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { requireAllEvents } from "../../../../../../server/import/createImport.ts";
import { formatSchema, readUpload } from "../../../../../../server/import/readUpload.ts";

export const POST = apiRoute<{ id: string }, typeof formatSchema>(
  { rights: ["people", "write"], body: formatSchema },
  async ({ manager, user, params, body }) => {
    requireAllEvents(user);
    return readUpload(manager, user, params.id, body);
  },
);

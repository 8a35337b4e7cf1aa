import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { requireAllEvents } from "../../../../../server/import/createImport.ts";
import { readImport } from "../../../../../server/import/readImports.ts";
import { importActSchema, startImport } from "../../../../../server/import/startImport.ts";

export const GET = apiRoute<{ id: string }>({ rights: ["people", "write"] }, async ({ manager, user, params }) => {
  requireAllEvents(user);
  return readImport(manager, params.id);
});

export const POST = apiRoute<{ id: string }, typeof importActSchema>(
  { rights: ["people", "write"], body: importActSchema },
  async ({ manager, user, params, body }) => {
    requireAllEvents(user);
    await startImport(manager, user, params.id, body);
    return readImport(manager, params.id);
  },
);

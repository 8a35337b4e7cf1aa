import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { createImport, newImportSchema, requireAllEvents } from "../../../../server/import/createImport.ts";
import { listImports } from "../../../../server/import/readImports.ts";

export const GET = apiRoute({ rights: ["people", "write"] }, async ({ manager, user }) => {
  requireAllEvents(user);
  return listImports(manager);
});

export const POST = apiRoute(
  { rights: ["people", "write"], body: newImportSchema },
  async ({ manager, user, body }) => {
    requireAllEvents(user);
    return createImport(manager, user, body);
  },
);

import { apiRoute } from "../../../server/http/apiRoute.ts";
import {
  compareFile,
  compareFileSchema,
  exportFile,
  importFile,
  importFileSchema,
} from "../../../server/settings/importFile.ts";

export const GET = apiRoute({ rights: ["admin"] }, async ({ manager }) => exportFile(manager));

export const POST = apiRoute<Record<string, never>, typeof compareFileSchema>(
  { rights: ["admin"], body: compareFileSchema },
  async ({ manager, user, body }) => compareFile(manager, user, body),
);

export const PUT = apiRoute<Record<string, never>, typeof importFileSchema>(
  { rights: ["admin"], body: importFileSchema },
  async ({ manager, user, body }) => importFile(manager, user, body),
);

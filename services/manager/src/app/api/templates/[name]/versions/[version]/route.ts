import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { readVersion } from "../../../../../../server/templates/readTemplate.ts";

export const GET = apiRoute<{ name: string; version: string }>({}, async ({ manager, user, params }) =>
  readVersion(manager, user, params.name, params.version),
);

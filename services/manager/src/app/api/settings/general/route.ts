import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { readGeneral, saveGeneral, saveGeneralSchema } from "../../../../server/settings/generalSettings.ts";

export const GET = apiRoute({ rights: ["admin"] }, async ({ manager }) => readGeneral(manager));

export const PUT = apiRoute({ rights: ["admin"], body: saveGeneralSchema }, async ({ manager, user, body }) =>
  saveGeneral(manager, user, body),
);

import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { uploadLimitBytes } from "../../../../server/http/bodyLimits.ts";
import { readUpload } from "../../../../server/templates/readUpload.ts";

export const POST = apiRoute({ rights: ["write"] }, async ({ manager, bytes }) =>
  readUpload(manager, await bytes(uploadLimitBytes)),
);

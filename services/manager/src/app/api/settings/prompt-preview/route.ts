import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { promptPreview, promptPreviewSchema } from "../../../../server/settings/promptPreview.ts";

export const POST = apiRoute(
  { rights: ["admin"], body: promptPreviewSchema },
  async ({ manager, user, body, signal }) => promptPreview(manager, user, body, signal),
);

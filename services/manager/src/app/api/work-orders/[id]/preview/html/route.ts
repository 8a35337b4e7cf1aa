import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { makePreview, previewQuery } from "../../../../../../server/preview/makePreview.ts";
import { previewHtml } from "../../../../../../server/preview/previewHtml.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, query, signal }) => {
  const made = await makePreview(manager, user, params.id, previewQuery(query), signal);
  return previewHtml(made, query.get("images") === "1", manager.config.PUBLIC_BASE_URL);
});

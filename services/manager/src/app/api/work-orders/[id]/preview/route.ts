import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { makePreview, previewQuery } from "../../../../../server/preview/makePreview.ts";

export const GET = apiRoute<{ id: string }>({}, async ({ manager, user, params, query, signal }) => {
  const { preview } = await makePreview(manager, user, params.id, previewQuery(query), signal);
  return preview;
});

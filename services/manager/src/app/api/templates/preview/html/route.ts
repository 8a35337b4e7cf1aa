import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { previewHtml } from "../../../../../server/preview/previewHtml.ts";
import { draftForm } from "../../../../../server/templates/draftForm.ts";
import { previewTemplate } from "../../../../../server/templates/previewTemplate.ts";

export const POST = apiRoute({}, async ({ manager, user, headers, bytes, query, signal }) => {
  const draft = await draftForm(await bytes(), headers);
  const made = await previewTemplate(manager, user, draft, signal);
  return previewHtml(made, query.get("images") === "1", manager.config.PUBLIC_BASE_URL);
});

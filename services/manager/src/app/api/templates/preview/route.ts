import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { previewTemplate } from "../../../../server/templates/previewTemplate.ts";
import { draftBodySchema } from "../../../../server/templates/templateBodies.ts";

export const POST = apiRoute({ body: draftBodySchema }, async ({ manager, user, body, signal }) => {
  const { preview } = await previewTemplate(manager, user, body, signal);
  return preview;
});

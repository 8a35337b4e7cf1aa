import { apiRoute } from "../../../server/http/apiRoute.ts";
import { createTemplate } from "../../../server/templates/createTemplate.ts";
import { listTemplates } from "../../../server/templates/listTemplates.ts";
import { createBodySchema } from "../../../server/templates/templateBodies.ts";

export const GET = apiRoute({}, async ({ manager, user }) => listTemplates(manager, user));

export const POST = apiRoute({ rights: ["write"], body: createBodySchema }, async ({ manager, user, body }) =>
  createTemplate(manager, user, body),
);

import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { readTemplate } from "../../../../server/templates/readTemplate.ts";
import { removeTemplate, saveTemplate } from "../../../../server/templates/saveTemplate.ts";
import { removeBodySchema, saveBodySchema } from "../../../../server/templates/templateBodies.ts";

export const GET = apiRoute<{ name: string }>({}, async ({ manager, user, params }) =>
  readTemplate(manager, user, params.name),
);

export const PUT = apiRoute<{ name: string }, typeof saveBodySchema>(
  { rights: ["write"], body: saveBodySchema },
  async ({ manager, user, params, body }) => {
    await saveTemplate(manager, user, params.name, body);
    return readTemplate(manager, user, params.name);
  },
);

export const DELETE = apiRoute<{ name: string }, typeof removeBodySchema>(
  { rights: ["write"], body: removeBodySchema },
  async ({ manager, user, params, body }) => {
    await removeTemplate(manager, user, params.name, body);
  },
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { readTemplate } from "../../../../../server/templates/readTemplate.ts";
import { restoreTemplate } from "../../../../../server/templates/saveTemplate.ts";
import { restoreBodySchema } from "../../../../../server/templates/templateBodies.ts";

export const POST = apiRoute<{ name: string }, typeof restoreBodySchema>(
  { rights: ["write"], body: restoreBodySchema },
  async ({ manager, user, params, body }) => {
    await restoreTemplate(manager, user, params.name, body);
    return readTemplate(manager, user, params.name);
  },
);

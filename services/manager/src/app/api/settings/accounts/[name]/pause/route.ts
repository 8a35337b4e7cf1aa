import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { pauseAccount, pauseSchema, resumeAccount } from "../../../../../../server/settings/account/pauseAccount.ts";

export const PUT = apiRoute<{ name: string }, typeof pauseSchema>(
  { rights: ["admin"], body: pauseSchema },
  async ({ manager, user, params, body }) => pauseAccount(manager, user, params.name, body.reason),
);

export const DELETE = apiRoute<{ name: string }>({ rights: ["admin"] }, async ({ manager, user, params }) =>
  resumeAccount(manager, user, params.name),
);

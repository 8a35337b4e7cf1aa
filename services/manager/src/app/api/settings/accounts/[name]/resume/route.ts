import { apiRoute } from "../../../../../../server/http/apiRoute.ts";
import { pauseSchema, resumeAccount } from "../../../../../../server/settings/account/pauseAccount.ts";

/** Resumes an account that was paused for returned mail. */
export const POST = apiRoute<{ name: string }, typeof pauseSchema>(
  { rights: ["admin"], body: pauseSchema },
  async ({ manager, user, params, body }) => resumeAccount(manager, user, params.name, body.reason),
);

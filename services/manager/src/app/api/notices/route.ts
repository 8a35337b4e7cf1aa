import { apiRoute } from "../../../server/http/apiRoute.ts";
import { ownNotices, ownNoticesSchema, switchNotices } from "../../../server/notices/ownNotices.ts";

export const GET = apiRoute({}, async ({ user }) => ownNotices(user));

export const PUT = apiRoute({ body: ownNoticesSchema }, async ({ manager, user, body }) =>
  switchNotices(manager, user, body.byMail),
);

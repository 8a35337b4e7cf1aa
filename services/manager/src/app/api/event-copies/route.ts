import { copyBodySchema, copyEvent } from "../../../server/copies/copyEvent.ts";
import { apiRoute } from "../../../server/http/apiRoute.ts";

export const POST = apiRoute({ rights: ["write"], body: copyBodySchema }, async ({ manager, user, body }) =>
  copyEvent(manager, user, body),
);

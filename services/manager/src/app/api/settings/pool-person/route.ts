import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { poolPerson, poolPersonSchema } from "../../../../server/settings/poolPerson.ts";

export const POST = apiRoute({ rights: ["admin"], body: poolPersonSchema }, async ({ manager, user, body }) =>
  poolPerson(manager, user, body),
);

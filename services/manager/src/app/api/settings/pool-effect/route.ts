import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { poolEffect, poolEffectSchema } from "../../../../server/settings/poolEffect.ts";

export const POST = apiRoute({ rights: ["admin"], body: poolEffectSchema }, async ({ manager, user, body, signal }) =>
  poolEffect(manager, user, body, signal),
);

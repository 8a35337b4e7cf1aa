import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { explainPools } from "../../../../../server/people/explainPools.ts";

export const GET = apiRoute<{ id: string }>({ rights: ["people"] }, async ({ manager, user, params, query }) =>
  explainPools(manager, user, params.id, { event: query.get("event") ?? "", subEvent: query.get("subEvent") ?? "" }),
);

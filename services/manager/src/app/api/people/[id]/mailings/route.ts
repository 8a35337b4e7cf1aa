import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { personMailings } from "../../../../../server/people/personMailings.ts";

export const GET = apiRoute<{ id: string }>({ rights: ["people"] }, async ({ manager, user, params, query, signal }) =>
  personMailings(
    manager,
    user,
    params.id,
    { only: query.get("only") === "mailed" ? "mailed" : undefined, after: query.get("after") ?? undefined },
    signal,
  ),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { readHistory } from "../../../../../server/sending/readHistory.ts";

export const GET = apiRoute<{ id: string }>({}, ({ manager, user, params, query }) =>
  readHistory(manager, user, params.id, query.get("after") ?? undefined),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { goNoGoStream } from "../../../../../server/sending/goNoGoStream.ts";

export const GET = apiRoute<{ id: string }>({}, ({ manager, user, params, query, signal }) =>
  goNoGoStream(manager, user, { id: params.id, selection: query.get("selection") ?? undefined }, signal),
);

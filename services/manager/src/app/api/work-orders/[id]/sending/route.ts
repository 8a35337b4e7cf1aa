import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { readSending } from "../../../../../server/sending/readSending.ts";

export const GET = apiRoute<{ id: string }>({}, ({ manager, user, params, query, signal }) =>
  readSending(manager, user, params.id, { withPoints: query.get("points") !== "no", signal }),
);

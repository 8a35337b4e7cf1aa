import { answer } from "../../../../../server/http/answer.ts";
import { readHistory } from "../../../../../server/sending/readHistory.ts";

export const GET = answer<{ id: string }>({}, ({ manager, user, params, query }) =>
  readHistory(manager, user, params.id, query.get("after") ?? undefined),
);

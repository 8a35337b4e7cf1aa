import { answer } from "../../../../../server/http/answer.ts";
import { readSending } from "../../../../../server/sending/readSending.ts";

export const GET = answer<{ id: string }>({}, ({ manager, user, params, query, signal }) =>
  readSending(manager, user, params.id, { withPoints: query.get("points") !== "no", signal }),
);

import { answer } from "../../../../../server/http/answer.ts";
import { goNoGoStream } from "../../../../../server/sending/goNoGoStream.ts";

export const GET = answer<{ id: string }>({}, ({ manager, user, params, signal }) =>
  goNoGoStream(manager, user, params.id, signal),
);

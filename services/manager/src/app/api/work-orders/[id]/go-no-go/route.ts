import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { goNoGoStream } from "../../../../../server/sending/goNoGoStream.ts";

export const GET = apiRoute<{ id: string }>({}, ({ manager, user, params, signal }) =>
  goNoGoStream(manager, user, params.id, signal),
);

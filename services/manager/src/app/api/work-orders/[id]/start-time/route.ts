import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { judgeStartTime, startTimeSchema } from "../../../../../server/order/judgeStartTime.ts";

export const POST = apiRoute<{ id: string }, typeof startTimeSchema>(
  { rights: ["write"], body: startTimeSchema },
  async ({ manager, user, params, body }) => judgeStartTime(manager, user, params.id, body),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { liftMany, liftManyBody } from "../../../../../server/people/liftMany.ts";
import { listNamed } from "../../../../../server/people/peopleOnList.ts";

export const POST = apiRoute<{ list: string }, typeof liftManyBody>(
  { rights: ["people", "write"], body: liftManyBody },
  async ({ manager, user, params, body, signal }) => liftMany(manager, user, listNamed(params.list), body, signal),
);

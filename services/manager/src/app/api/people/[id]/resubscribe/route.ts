import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { refuseForeignPerson } from "../../../../../server/people/changeablePerson.ts";
import { resubscribeBody, resubscribePerson } from "../../../../../server/people/changePerson.ts";

export const POST = apiRoute<{ id: string }, typeof resubscribeBody>(
  { rights: ["people", "write"], body: resubscribeBody },
  async ({ manager, user, params, body }) => {
    await refuseForeignPerson(manager, user, params.id);
    await resubscribePerson(manager, user, params.id, body);
  },
);

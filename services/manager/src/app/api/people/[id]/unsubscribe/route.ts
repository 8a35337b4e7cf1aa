import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { refuseForeignPerson } from "../../../../../server/people/changeablePerson.ts";
import { unsubscribeBody, unsubscribePerson } from "../../../../../server/people/changePerson.ts";

export const POST = apiRoute<{ id: string }, typeof unsubscribeBody>(
  { rights: ["people", "write"], body: unsubscribeBody },
  async ({ manager, user, params, body }) => {
    await refuseForeignPerson(manager, user, params.id);
    await unsubscribePerson(manager, user, params.id, body);
  },
);

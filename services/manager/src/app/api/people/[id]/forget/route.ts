import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { refuseUnlessAllEvents } from "../../../../../server/people/changeablePerson.ts";
import { forgetBody } from "../../../../../server/people/changePerson.ts";
import { forgetConfirmed } from "../../../../../server/people/forgetPerson.ts";

export const POST = apiRoute<{ id: string }, typeof forgetBody>(
  { rights: ["people", "write"], body: forgetBody },
  async ({ manager, user, params, body }) => {
    await refuseUnlessAllEvents(manager, user, params.id);
    return forgetConfirmed(manager, user, params.id, body);
  },
);

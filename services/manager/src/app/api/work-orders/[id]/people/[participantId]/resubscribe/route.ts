import { apiRoute } from "../../../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../../../server/orders/orderFor.ts";
import { refuseUnseenPerson } from "../../../../../../../server/people/changeablePerson.ts";
import { resubscribeBody, resubscribePerson } from "../../../../../../../server/people/changePerson.ts";

export const POST = apiRoute<{ id: string; participantId: string }, typeof resubscribeBody>(
  { rights: ["write"], body: resubscribeBody },
  async ({ manager, user, params, body }) => {
    await refuseUnseenPerson(manager, user, await orderFor(manager, user, params.id), params.participantId);
    await resubscribePerson(manager, user, params.participantId, body);
  },
);

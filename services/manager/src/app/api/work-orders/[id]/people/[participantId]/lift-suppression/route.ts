import { apiRoute } from "../../../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../../../server/orders/orderFor.ts";
import { refuseUnseenPerson } from "../../../../../../../server/people/changeablePerson.ts";
import { liftBody, liftSuppression } from "../../../../../../../server/people/changePerson.ts";

export const POST = apiRoute<{ id: string; participantId: string }, typeof liftBody>(
  { rights: ["write"], body: liftBody },
  async ({ manager, user, params, body }) => {
    await refuseUnseenPerson(manager, user, await orderFor(manager, user, params.id), params.participantId);
    await liftSuppression(manager, user, params.participantId, body);
  },
);

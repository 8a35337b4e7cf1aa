import { apiRoute } from "../../../../../../../server/http/apiRoute.ts";
import { orderFor } from "../../../../../../../server/orders/orderFor.ts";
import { refuseUnseenPerson } from "../../../../../../../server/people/changeablePerson.ts";
import { personState } from "../../../../../../../server/people/personState.ts";

export const GET = apiRoute<{ id: string; participantId: string }>({}, async ({ manager, user, params }) => {
  await refuseUnseenPerson(manager, user, await orderFor(manager, user, params.id), params.participantId);
  return personState(manager, user, params.participantId);
});

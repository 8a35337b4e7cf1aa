import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { refuseForeignPerson } from "../../../../../server/people/changeablePerson.ts";
import { liftBody, liftSuppression } from "../../../../../server/people/changePerson.ts";

export const POST = apiRoute<{ id: string }, typeof liftBody>(
  { rights: ["people", "write"], body: liftBody },
  async ({ manager, user, params, body }) => {
    await refuseForeignPerson(manager, user, params.id);
    await liftSuppression(manager, user, params.id, body);
  },
);

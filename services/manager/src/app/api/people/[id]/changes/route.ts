import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { refuseForeignPerson } from "../../../../../server/people/changeablePerson.ts";
import { personState } from "../../../../../server/people/personState.ts";

export const GET = apiRoute<{ id: string }>({ rights: ["people"] }, async ({ manager, user, params }) => {
  await refuseForeignPerson(manager, user, params.id);
  return personState(manager, user, params.id);
});

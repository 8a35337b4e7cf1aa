import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { refuseForeignPerson } from "../../../../../server/people/changeablePerson.ts";
import { addressBody, correctAddress } from "../../../../../server/people/changePerson.ts";

export const POST = apiRoute<{ id: string }, typeof addressBody>(
  { rights: ["people", "write"], body: addressBody },
  async ({ manager, user, params, body }) => {
    await refuseForeignPerson(manager, user, params.id);
    await correctAddress(manager, user, params.id, body);
  },
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { refuseUnlessAllEvents } from "../../../../../server/people/changeablePerson.ts";
import { downloadPerson } from "../../../../../server/people/exportPerson.ts";

export const GET = apiRoute<{ id: string }>({ rights: ["people"] }, async ({ manager, user, params }) => {
  await refuseUnlessAllEvents(manager, user, params.id);
  return downloadPerson(manager, user, params.id);
});

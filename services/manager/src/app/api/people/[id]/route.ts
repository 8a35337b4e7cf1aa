import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { readPerson } from "../../../../server/people/readPerson.ts";

export const GET = apiRoute<{ id: string }>({ rights: ["people"] }, async ({ manager, user, params, signal }) =>
  readPerson(manager, user, params.id, signal),
);

import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { listNamed } from "../../../../../server/people/peopleOnList.ts";
import { countPeopleList } from "../../../../../server/people/readPeopleList.ts";

export const GET = apiRoute<{ list: string }>(
  { rights: ["people"] },
  async ({ manager, user, params, query, signal }) =>
    countPeopleList(manager, user, listNamed(params.list), query, signal),
);

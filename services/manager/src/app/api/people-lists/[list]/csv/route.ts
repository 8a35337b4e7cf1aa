import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { listNamed } from "../../../../../server/people/peopleOnList.ts";
import { exportPeopleList } from "../../../../../server/people/readPeopleList.ts";

export const GET = apiRoute<{ list: string }>(
  { rights: ["people"] },
  async ({ manager, user, params, query, signal }) =>
    exportPeopleList(manager, user, listNamed(params.list), query, signal),
);

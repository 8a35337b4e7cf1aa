import { apiRoute } from "../../../server/http/apiRoute.ts";
import { findPeople } from "../../../server/people/findPeople.ts";

export const GET = apiRoute({ rights: ["people"] }, async ({ manager, user, query, signal }) =>
  findPeople(manager, user, { text: query.get("q") ?? "", cursor: query.get("cursor") ?? undefined }, signal),
);

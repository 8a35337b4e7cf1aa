import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { exportPeople } from "../../../../server/people/exportPeople.ts";

export const GET = apiRoute({ rights: ["people"] }, async ({ manager, user, signal }) =>
  exportPeople(manager, user, signal),
);

import { apiRoute } from "../../../server/http/apiRoute.ts";
import { addTester, testerBodySchema } from "../../../server/testers/addTester.ts";

export const POST = apiRoute({ rights: ["write"], body: testerBodySchema }, async ({ manager, user, body }) =>
  addTester(manager, user, body),
);

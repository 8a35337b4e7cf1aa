import { addProposals, readFirstSteps } from "../../../server/firstSteps/firstSteps.ts";
import { apiRoute } from "../../../server/http/apiRoute.ts";

export const GET = apiRoute({ rights: ["admin"] }, async ({ manager }) => readFirstSteps(manager));

export const POST = apiRoute({ rights: ["admin"] }, async ({ manager, user }) => addProposals(manager, user));

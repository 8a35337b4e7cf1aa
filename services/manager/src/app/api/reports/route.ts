import { apiRoute } from "../../../server/http/apiRoute.ts";
import { reportedEvents } from "../../../server/reports/eventMailings.ts";

export const GET = apiRoute({}, ({ manager, user }) => reportedEvents(manager, user));

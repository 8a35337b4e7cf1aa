import { apiRoute } from "../../../../server/http/apiRoute.ts";
import { giveTicket } from "../../../../server/live/giveTicket.ts";

export const POST = apiRoute({}, async ({ manager, user, session }) => giveTicket(manager, user, session));

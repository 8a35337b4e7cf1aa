import { answer } from "../../../../server/http/answer.ts";
import { giveTicket } from "../../../../server/live/giveTicket.ts";

export const POST = answer({}, async ({ manager, user, session }) => giveTicket(manager, user, session));

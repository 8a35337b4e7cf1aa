import { answer } from "../../../../server/http/answer.ts";
import { giveTicket } from "../../../../server/live/giveTicket.ts";

export const POST = answer({}, async ({ manager, user }) => giveTicket(manager, user));

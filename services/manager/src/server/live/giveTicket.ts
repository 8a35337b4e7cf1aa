import type { User } from "@email-agent/shared/domain/configItems.ts";
import { signRealtimeTicket, ticketLifeSeconds } from "@email-agent/shared/domain/realtimeTicket.ts";
import { ulid } from "ulid";
import type { RealtimeAccess } from "../../api/commands.ts";
import type { Manager } from "../manager.ts";
import type { Session } from "../signIn/session.ts";

interface Ports {
  readonly config: Pick<Manager["config"], "WEBSOCKET_API_URL" | "REALTIME_TICKET_SECRET">;
  readonly clock: Manager["clock"];
}

/** Where the WebSocket is and a ticket that opens it once, within 60 s, unless this session ends before. */
export function giveTicket(
  { config, clock }: Ports,
  user: User,
  { issuedAt: sessionIssuedAt }: Pick<Session, "issuedAt">,
): RealtimeAccess {
  const { id: userId, role, eventAccess } = user;
  const exp = clock.now() + ticketLifeSeconds * 1000;
  const ticket = { ticketId: ulid(), userId, role, eventAccess, exp, sessionIssuedAt };
  return { url: config.WEBSOCKET_API_URL, ticket: signRealtimeTicket(config.REALTIME_TICKET_SECRET, ticket) };
}

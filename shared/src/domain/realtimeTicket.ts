import { z } from "zod";
import { roleSchema } from "./roleSchema.ts";
import { isSigned, sign } from "./signingSecrets.ts";

/** What a ticket says about its holder. `exp` is epoch milliseconds. A ticket opens one WebSocket connection, once. */
const realtimeTicketSchema = z.object({
  ticketId: z.string().min(1),
  userId: z.string().min(1),
  role: roleSchema,
  /** Event codes the user may see; `*` = all. */
  eventAccess: z.array(z.string()),
  exp: z.int(),
  /** Epoch seconds: when the session it was fetched in was issued. The version before wrote none. */
  sessionIssuedAt: z.number().optional(),
});
export type RealtimeTicket = z.infer<typeof realtimeTicketSchema>;

/** A ticket is fetched just before the socket opens; it is dead this long after. */
export const ticketLifeSeconds = 60;

/** Why a ticket was refused; for the log, never for the browser. */
export type TicketRefusal = "missing" | "forged" | "expired";

/**
 * The text that goes into the query string: `<payload>.<signature>`, both base64url; HMAC-SHA256 under the newest of the
 * secrets (see signingSecrets). It is a credential: never log it.
 */
export function signRealtimeTicket(secrets: string, ticket: RealtimeTicket): string {
  const payload = Buffer.from(JSON.stringify(ticket)).toString("base64url");
  return `${payload}.${sign(secrets, signedText(payload))}`;
}

/** Judges signature and expiry of a ticket text at `now` (epoch milliseconds). First use is for the connections table to say. */
export function verifyRealtimeTicket(
  secrets: string,
  text: string | undefined,
  now: number,
): { readonly ticket: RealtimeTicket } | { readonly refused: TicketRefusal } {
  if (!text) return { refused: "missing" };
  const [payload, given, ...rest] = text.split(".");
  if (!payload || !given || rest.length > 0) return { refused: "forged" };
  if (!isSigned(secrets, signedText(payload), given)) return { refused: "forged" };
  // Only a holder of a secret can have made the payload, yet another version of the manager may shape it differently.
  const parsed = realtimeTicketSchema.safeParse(jsonOf(payload));
  if (!parsed.success) return { refused: "forged" };
  return parsed.data.exp > now ? { ticket: parsed.data } : { refused: "expired" };
}

/** The purpose is signed, so that a token made for something else under the same secret is no ticket. */
function signedText(payload: string): string {
  return `realtime-ticket.${payload}`;
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch {
    // Not JSON is not a ticket; the schema refuses undefined.
    return undefined;
  }
}

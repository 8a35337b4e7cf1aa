import { z } from "zod";
import { roleSchema } from "./roleSchema.ts";
import { instantSchema } from "./time.ts";

/** One open browser WebSocket (Connections, key `connectionId`). The rights are those of the time of connecting. */
export const connectionSchema = z.object({
  connectionId: z.string().min(1),
  userId: z.string().min(1),
  role: roleSchema,
  eventAccess: z.array(z.string()),
  connectedAt: instantSchema,
  /** Epoch seconds: when the session behind it was issued. The version before wrote none. */
  sessionIssuedAt: z.number().optional(),
  /** TTL, epoch seconds. */
  expiresAt: z.int(),
});
export type Connection = z.infer<typeof connectionSchema>;

/** API Gateway closes a connection after 2 h; the item outlives it a little. */
export const connectionLifeSeconds = 2 * 3600 + 15 * 60;

/** How long the table remembers that a ticket was used: longer than a ticket lives, so that no ticket works twice. */
export const usedTicketSeconds = 300;

/** True if the connection may see the event; `*` in its access = all. */
export function maySee(connection: Pick<Connection, "eventAccess">, eventCode: string): boolean {
  return seesAllEvents(connection) || connection.eventAccess.includes(eventCode);
}

/** True for access to every event, and so to every person. */
export function seesAllEvents({ eventAccess }: Pick<Connection, "eventAccess">): boolean {
  return eventAccess.includes("*");
}

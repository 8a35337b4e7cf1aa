import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Connections } from "@email-agent/shared/adapters/connections.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Connection } from "@email-agent/shared/domain/connection.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import { isSessionEnded } from "@email-agent/shared/domain/userSession.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { sweep } from "@email-agent/shared/kit/sweep.ts";
import type { Sockets } from "./adapters/sockets.ts";

export interface CloseEndedPorts {
  readonly connections: Pick<Connections, "list" | "remove">;
  readonly users: Pick<ConfigTable, "user">;
  readonly sockets: Pick<Sockets, "close">;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Closes, every 15 s until disposed, the connections whose rights are gone: their user signed out, was removed, or has
 * another role or other events since. A browser whose user still exists reconnects by itself, with the current rights.
 */
export function closeEndedConnections(ports: CloseEndedPorts): AsyncDisposable {
  const { clock, log } = ports;
  return sweep({ name: "ended sessions", everyMilliseconds: 15_000, work: () => closeEnded(ports), clock, log });
}

async function closeEnded({ connections, users, sockets, clock, log }: CloseEndedPorts): Promise<void> {
  // An invalid item is logged where events are broadcast.
  const open = await connections.list(clock.now(), () => {});
  for (const [userId, ofUser] of Map.groupBy(open, (connection) => connection.userId)) {
    const user = await userIfReadable(users, userId);
    for (const connection of ofUser) {
      const reason = reasonToClose(connection, user);
      if (reason === undefined) continue;
      const { connectionId } = connection;
      try {
        await sockets.close(connectionId);
        // API Gateway does not promise to call the disconnect Lambda.
        await connections.remove(connectionId);
        log.info({ connectionId, userId, reason }, "connection closed");
      } catch (error) {
        log.warn({ error, connectionId, userId }, "a connection could not be closed; trying again");
      }
    }
  }
}

/** A user whose item cannot be read has no rights. */
async function userIfReadable(users: CloseEndedPorts["users"], userId: string): Promise<User | undefined> {
  try {
    return await users.user(userId);
  } catch (error) {
    if (error instanceof AppError && error.code === "bad-item") return undefined;
    throw error;
  }
}

function reasonToClose(connection: Connection, user: User | undefined): string | undefined {
  if (!user) return "the user was removed";
  // The version before did not store when the session was issued, which was not later than the connection.
  const { sessionIssuedAt = Math.floor(epochMilliseconds(connection.connectedAt) / 1000) } = connection;
  if (isSessionEnded(user, sessionIssuedAt)) return "the session has ended";
  return rightsOf(connection) === rightsOf(user) ? undefined : "the rights have changed";
}

/** The rights a connection was opened with, as one text. */
function rightsOf({ role, eventAccess }: Pick<User, "role" | "eventAccess">): string {
  return JSON.stringify([role, [...eventAccess].sort()]);
}

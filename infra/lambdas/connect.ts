import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { type ConfigTable, configTable } from "@email-agent/shared/adapters/configTable.ts";
import { type Connections, connections } from "@email-agent/shared/adapters/connections.ts";
import { connectionLifeSeconds, usedTicketSeconds } from "@email-agent/shared/domain/connection.ts";
import { ticketLifeSeconds, verifyRealtimeTicket } from "@email-agent/shared/domain/realtimeTicket.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { isSessionEnded } from "@email-agent/shared/domain/userSession.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { type Log, openLog } from "@email-agent/shared/kit/log.ts";
import { lambdaConfig } from "./lambdaConfig.ts";

/** What API Gateway (WebSocket, `$connect`) gives its integration. Only what is read here. */
export interface ConnectEvent {
  readonly requestContext: { readonly connectionId: string };
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
}

/** API Gateway opens the socket on 200 and returns any other status to the browser. */
export interface ConnectResult {
  readonly statusCode: 200 | 401;
}

export interface ConnectPorts {
  readonly connections: Pick<Connections, "useTicket" | "put">;
  readonly users: Pick<ConfigTable, "user">;
  readonly ticketSecret: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * Lets a browser in that presents a ticket: signed, not expired, used for the first time, of a user who is still there and
 * a session that has not ended; else 401. The rights the user has now are stored with the connection. A store that fails is thrown (API Gateway returns 500): the ticket may be
 * spent then, and the browser comes back with a new one as after any failed try.
 */
export function makeConnect({ connections, users, ticketSecret, clock, log }: ConnectPorts) {
  return async (event: ConnectEvent): Promise<ConnectResult> => {
    const { connectionId } = event.requestContext;
    const now = clock.now();
    const judged = verifyRealtimeTicket(ticketSecret, event.queryStringParameters?.["ticket"], now);
    if ("refused" in judged) {
      log.info({ connectionId, why: judged.refused }, "connection refused");
      return { statusCode: 401 };
    }
    const { ticketId, userId, exp, sessionIssuedAt = Math.floor(exp / 1000) - ticketLifeSeconds } = judged.ticket;
    const nowSeconds = Math.floor(now / 1000);
    if (!(await connections.useTicket(ticketId, nowSeconds + usedTicketSeconds))) {
      log.info({ connectionId, userId, why: "used" }, "connection refused");
      return { statusCode: 401 };
    }
    const user = await users.user(userId);
    if (!user || isSessionEnded(user, sessionIssuedAt)) {
      log.info({ connectionId, userId, why: "session ended" }, "connection refused");
      return { statusCode: 401 };
    }
    const { role, eventAccess } = user;
    const expiresAt = nowSeconds + connectionLifeSeconds;
    const connectedAt = instant(now);
    await connections.put({ connectionId, userId, role, eventAccess, connectedAt, sessionIssuedAt, expiresAt });
    log.info({ connectionId, userId, role }, "connected");
    return { statusCode: 200 };
  };
}

let wired: ReturnType<typeof makeConnect> | undefined;

/** The AWS entry: wired from the environment at the first event of a container. */
export async function handler(event: ConnectEvent): Promise<ConnectResult> {
  wired ??= await wire();
  return wired(event);
}

async function wire() {
  const config = await lambdaConfig(["CONNECTIONS_TABLE", "CONFIG_TABLE", "REALTIME_TICKET_SECRET"]);
  const log = openLog("connect", config.LOG_LEVEL);
  const aws = openAws(config, log);
  const users = configTable(aws, config, { log });
  const ports = { connections: connections(aws, config), users, clock: aws.clock };
  return makeConnect({ ...ports, ticketSecret: config.REALTIME_TICKET_SECRET, log });
}

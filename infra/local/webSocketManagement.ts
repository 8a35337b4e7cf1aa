import type { IncomingMessage, ServerResponse } from "node:http";
import type { WebSocket } from "ws";

/** One open socket as the gateway knows it. */
export interface GatewayConnection {
  readonly id: string;
  readonly socket: WebSocket;
  readonly connectedAt: Date;
  readonly identity: { readonly sourceIp: string; readonly userAgent: string };
  lastActiveAt: Date;
  /** Restarts the idle time. */
  touch(): void;
}

interface Gateway {
  readonly stage: string;
  readonly connections: ReadonlyMap<string, GatewayConnection>;
  /** Statuses to return in place of posting, in order. */
  readonly scripted: number[];
}

// API Gateway: a message is at most 128 KB.
const messageLimitBytes = 128 * 1024;

const errorNames: Record<number, string> = {
  403: "ForbiddenException",
  410: "GoneException",
  413: "PayloadTooLargeException",
  429: "LimitExceededException",
};

/**
 * `POST`, `GET` and `DELETE /<stage>/@connections/{id}` as the real management client calls them. An unsigned call is
 * refused with 403; the signature itself is not verified.
 */
export async function handleManagementCall(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: Gateway,
): Promise<void> {
  const fail = (status: number, message: string) => {
    const type = errorNames[status] ?? "InternalServerErrorException";
    response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
    response.end(JSON.stringify({ message }));
  };
  const body = await bodyOf(request);
  if (body === undefined) return;
  const prefix = `/${gateway.stage}/@connections/`;
  // The SDK percent-encodes the at sign.
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://gateway").pathname);
  if (!path.startsWith(prefix)) return fail(403, "There is only @connections here.");
  if (!request.headers.authorization) return fail(403, "Missing Authentication Token");
  const connection = gateway.connections.get(path.slice(prefix.length));
  if (request.method === "POST") {
    const status = gateway.scripted.shift();
    if (status !== undefined) return fail(status, "scripted");
    if (body.length > messageLimitBytes) return fail(413, "Message too long");
  }
  if (!connection) return fail(410, "");
  if (request.method === "DELETE") {
    connection.socket.close(1000);
    response.writeHead(204).end();
  } else if (request.method === "GET") {
    const { connectedAt, lastActiveAt, identity } = connection;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ connectedAt, lastActiveAt, identity }));
  } else if (request.method === "POST") {
    connection.touch();
    connection.socket.send(body.toString("utf8"), (error) => {
      if (error) fail(410, "");
      else response.writeHead(200).end();
    });
  } else fail(403, "Missing Authentication Token");
}

/** The whole body; undefined when the client went away in the middle of it. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
  } catch {
    // No one is left to get a response.
    return undefined;
  }
  return Buffer.concat(parts);
}

import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type GuardedServerOptions, refuseUpgrade, startGuardedServer } from "./guardedServer.ts";
import { type GatewayConnection, handleManagementCall } from "./webSocketManagement.ts";

/** The integration of `$connect` and `$disconnect`: gets API Gateway's event, returns a status code. */
type Integration = (event: never) => Promise<{ statusCode: number }>;

export interface WebSocketGatewayOptions extends GuardedServerOptions {
  readonly stage?: string;
  readonly connect: Integration;
  readonly disconnect: Integration;
  /** Nothing sent either way for so long closes the connection. Default 10 minutes. */
  readonly idleMilliseconds?: number;
  /** So long after connecting it is closed whatever happens on it. Default 2 hours. */
  readonly lifeMilliseconds?: number;
  /** Called when an integration throws. Default: the error is dropped after the browser got 500. */
  readonly onError?: (error: unknown) => void;
}

/** A response in place of the real one, for the next calls of `POST @connections`. */
interface ScriptedPost {
  readonly status: 403 | 410 | 429 | 500;
  readonly times: number;
}

export interface WebSocketGateway extends AsyncDisposable {
  /** `ws://127.0.0.1:<port>/<stage>`: what browsers open and `WEBSOCKET_API_URL` holds. */
  readonly url: string;
  /** `http://127.0.0.1:<port>/<stage>`: the endpoint of the management API. */
  readonly managementUrl: string;
  readonly connections: ReadonlyMap<string, GatewayConnection>;
  /** Scripts the responses to the next posts. */
  script(post: ScriptedPost): void;
}

// API Gateway: frames from clients are at most 32 KB, a larger one closes the connection with 1009.
const frameLimitBytes = 32 * 1024;

interface State {
  readonly options: WebSocketGatewayOptions;
  readonly stage: string;
  readonly connections: Map<string, GatewayConnection>;
  readonly sockets: WebSocketServer;
  /** Disconnect integrations under way. */
  readonly closing: Set<Promise<unknown>>;
}

/**
 * API Gateway's WebSocket API on 127.0.0.1: `$connect` and `$disconnect` run the given integrations in process, the
 * default route is a mock integration (nothing replies to what a client sends), and `@connections` serves the
 * real management client.
 */
export async function startWebSocketGateway(options: WebSocketGatewayOptions): Promise<WebSocketGateway> {
  const stage = options.stage ?? "local";
  const connections = new Map<string, GatewayConnection>();
  const scripted: number[] = [];
  const sockets = new WebSocketServer({ noServer: true, maxPayload: frameLimitBytes });
  const state: State = { options, stage, connections, sockets, closing: new Set() };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    open(state, request, socket, head).catch((error) => {
      options.onError?.(error);
      refuseUpgrade(socket, 500);
    });
  };
  const server = await startGuardedServer({ ...options, upgrade }, (request, response) => {
    handleManagementCall(request, response, { stage, connections, scripted }).catch((error) => response.destroy(error));
  });
  const { port } = server;
  return {
    url: `ws://127.0.0.1:${port}/${stage}`,
    managementUrl: `http://127.0.0.1:${port}/${stage}`,
    connections,
    script: ({ status, times }) => void scripted.push(...Array<number>(times).fill(status)),
    async [Symbol.asyncDispose]() {
      const gone = [...connections.values()].map(({ socket }) => {
        const closed = new Promise((resolve) => socket.once("close", resolve));
        socket.terminate();
        return closed;
      });
      const closed = server[Symbol.asyncDispose]();
      await Promise.all([...gone, closed]);
      await Promise.all(state.closing);
    },
  };
}

/** Calls the connect integration and completes the handshake, or refuses it with the status it returned. */
async function open(state: State, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  // A browser that leaves during the handshake is no error of the gateway.
  socket.on("error", () => socket.destroy());
  const url = new URL(request.url ?? "/", "http://gateway");
  if (url.pathname.replace(/\/$/, "") !== `/${state.stage}`) return refuseUpgrade(socket, 403);
  // Real ids carry a `=`, so that a client which forgets to encode them is found out here.
  const id = `${randomBytes(11).toString("base64url")}=`;
  const identity = { sourceIp: "127.0.0.1", userAgent: request.headers["user-agent"] ?? "" };
  const event = {
    ...lifecycleEvent("CONNECT", id, identity, state.stage),
    headers: {},
    queryStringParameters: url.search === "" ? null : Object.fromEntries(url.searchParams),
  };
  const { statusCode } = await state.options.connect(event as never);
  if (statusCode < 200 || statusCode > 299) return refuseUpgrade(socket, statusCode);
  state.sockets.handleUpgrade(request, socket, head, (webSocket) => hold(state, id, webSocket, identity));
}

/** Keeps an open socket until either side, its idle time or its life ends it; then runs the disconnect integration. */
function hold(state: State, id: string, socket: WebSocket, identity: GatewayConnection["identity"]): void {
  const { options, connections, closing } = state;
  const idle = setTimeout(
    () => socket.close(1001, "Connection idle for too long"),
    options.idleMilliseconds ?? 600_000,
  );
  const life = setTimeout(() => socket.close(1001, "Going away"), options.lifeMilliseconds ?? 7_200_000);
  const connection: GatewayConnection = {
    id,
    socket,
    connectedAt: new Date(),
    identity,
    lastActiveAt: new Date(),
    touch() {
      connection.lastActiveAt = new Date();
      idle.refresh();
    },
  };
  connections.set(id, connection);
  socket.on("message", () => connection.touch());
  socket.on("error", (error) => options.onError?.(error));
  socket.on("close", (code, reason) => {
    clearTimeout(idle);
    clearTimeout(life);
    connections.delete(id);
    const event = lifecycleEvent("DISCONNECT", id, identity, state.stage, {
      disconnectStatusCode: code,
      disconnectReason: reason.toString(),
    });
    const disconnecting: Promise<void> = options
      .disconnect(event as never)
      .then(
        () => {},
        (error) => options.onError?.(error),
      )
      .finally(() => closing.delete(disconnecting));
    closing.add(disconnecting);
  });
}

/** What the events of `$connect` and `$disconnect` have in common. */
function lifecycleEvent(
  eventType: "CONNECT" | "DISCONNECT",
  connectionId: string,
  identity: GatewayConnection["identity"],
  stage: string,
  context: Record<string, unknown> = {},
) {
  const requestContext = {
    routeKey: eventType === "CONNECT" ? "$connect" : "$disconnect",
    eventType,
    connectionId,
    messageDirection: "IN",
    stage,
    apiId: "local",
    domainName: "127.0.0.1",
    identity,
    requestId: randomBytes(11).toString("base64url"),
    requestTimeEpoch: Date.now(),
    ...context,
  };
  return { requestContext, isBase64Encoded: false };
}

import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { type AllowedOrigins, foreignRequest } from "@email-agent/shared/kit/foreignRequest.ts";
import { type ListenOptions, listen } from "./listen.ts";

export interface GuardedServerOptions extends ListenOptions, AllowedOrigins {
  /** Idle connections are kept so long; default: Node's 5 s. */
  readonly keepAliveMilliseconds?: number;
  /** Takes requests for a WebSocket; without it they are refused. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface GuardedServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
}

/**
 * The HTTP server of every stand-in. What web pages of other sites send to it is refused with 403 and one sentence,
 * preflight and WebSocket upgrade included, and carries no `Access-Control-Allow-*`: see `foreignRequest`.
 */
export async function startGuardedServer(
  options: GuardedServerOptions,
  serve: RequestListener,
): Promise<GuardedServer> {
  const server = createServer((request, response) => {
    const reason = foreignRequest(request, options);
    if (reason === undefined) return serve(request, response);
    response.writeHead(403, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${reason}\n`);
  });
  if (options.keepAliveMilliseconds) server.keepAliveTimeout = options.keepAliveMilliseconds;
  server.on("upgrade", (request, socket, head) => {
    const { upgrade } = options;
    if (upgrade && foreignRequest(request, options) === undefined) upgrade(request, socket, head);
    else refuseUpgrade(socket, 403);
  });
  const port = await listen(server, options);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Ends a handshake with this status instead of a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  // A browser that leaves during the handshake is no error of the server.
  socket.on("error", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

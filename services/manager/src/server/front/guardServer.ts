import http, { type RequestListener, type Server } from "node:http";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Guard } from "./guardRequests.ts";
import { methodRefusal, refuseUnparsable } from "./parserErrors.ts";

/**
 * Puts `guard` in front of the HTTP server that is created next. Next.js's standalone server creates its own and has no
 * hook for a handler before it.
 */
export function guardNextServer(guard: Guard, log: Pick<Log, "error">): void {
  const { createServer } = http;
  http.createServer = ((listener: RequestListener) => {
    http.createServer = createServer;
    return guardedServer(createServer, guard, listener, log);
  }) as typeof createServer;
}

function guardedServer(
  createServer: typeof http.createServer,
  guard: Guard,
  next: RequestListener,
  log: Pick<Log, "error">,
): Server {
  // Next.js listens for upgrades, and a request that Node passes on as one skips the guard and is held without a time limit.
  // We speak no other protocol, and a server may ignore the offer of one (RFC 9110 7.8), as clients make with `h2c`.
  const server = createServer({ shouldUpgradeCallback: () => false }, (request, response) => {
    // Node closes idle connections when a server closes, and keeps the others alive behind their response: the process could not end.
    response.once("finish", () => {
      if (!server.listening) request.socket.destroySoon();
    });
    guard(request, response, next).catch((error) => {
      log.error({ error }, "a request could not be checked");
      response.destroy();
    });
  });
  server.on("clientError", refuseUnparsable);
  server.on("connect", (_, socket) => {
    const { allow, sentence } = methodRefusal("CONNECT", "/");
    const length = Buffer.byteLength(sentence);
    socket.end(
      `HTTP/1.1 405 Method Not Allowed\r\nAllow: ${allow}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${sentence}`,
    );
  });
  return server;
}

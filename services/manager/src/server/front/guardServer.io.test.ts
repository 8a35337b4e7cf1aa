import { once } from "node:events";
import http from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { expect, test } from "vitest";
import { guardNextServer } from "./guardServer.ts";

test.each([
  ["GET", "/view/token", "websocket", ""],
  ["GET", "//elsewhere", "websocket", ""],
  ["POST", "/u/token", "h2c", "List-Unsubscribe=One-Click"],
])("%s %s with an offer of %s passes the guard and is served, its body too", async (method, path, protocol, body) => {
  const guarded: string[] = [];
  guardNextServer(async (request, response, next) => {
    guarded.push(`${request.method} ${request.url}`);
    next(request, response);
  }, silentLog);
  const server = http.createServer(async (request, response) => {
    response.end(`served ${await text(request)}.`);
  });
  await using _closed = { [Symbol.asyncDispose]: async () => void server.close().closeAllConnections() };
  const upgrades: unknown[] = [];
  // As Next.js does, which keeps the socket of what it does not know.
  server.on("upgrade", (request) => upgrades.push(request.url));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const head = [
    `${method} ${path} HTTP/1.1`,
    "Host: manager.example",
    "Connection: Upgrade, close",
    `Upgrade: ${protocol}`,
    `Content-Length: ${body.length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  const received = await text(socket);
  expect(received).toMatch(/^HTTP\/1\.1 200 /);
  expect(received).toContain(`served ${body}.`);
  expect({ guarded, upgrades }).toEqual({ guarded: [`${method} ${path}`], upgrades: [] });
});

test("a server that closes ends with the response under way, although its client keeps the connection", async () => {
  guardNextServer(async (request, response, next) => next(request, response), silentLog);
  const asked = Promise.withResolvers<http.ServerResponse>();
  const server = http.createServer((_, response) => asked.resolve(response));
  server.keepAliveTimeout = 60_000;
  await using _closed = { [Symbol.asyncDispose]: async () => server.closeAllConnections() };
  await once(server.listen(0, "127.0.0.1"), "listening");
  const agent = new http.Agent({ keepAlive: true });
  const client = http.get({ port: (server.address() as AddressInfo).port, agent });
  const response = await asked.promise;
  const closed = once(server.close(), "close");
  response.end("whole");
  const [received] = (await once(client, "response")) as [http.IncomingMessage];
  expect(await text(received)).toBe("whole");
  await closed;
  agent.destroy();
});

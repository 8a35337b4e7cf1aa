import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { openSockets } from "./sockets.ts";

test("a gateway that takes a post and never answers is given up, so that it holds up nobody else", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  const WEBSOCKET_API_URL = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
  process.env["AWS_ACCESS_KEY_ID"] ??= "local";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "local";
  await using sockets = openSockets({ AWS_REGION: "us-east-1", WEBSOCKET_API_URL, WEBSOCKET_MANAGEMENT_URL: "" });
  try {
    await expect(sockets.post("c-1", "{}")).rejects.toThrow(/5000 ms/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}, 10_000);

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { expect, test } from "vitest";
import { guardRequests } from "./guardRequests.ts";

/** Requests that go through the guard to `listener`, and how many of them were counted as failures of the server. */
async function guarded(listener: RequestListener) {
  const config = {
    ...{ MANAGER_URL: "http://127.0.0.1", WEBSOCKET_API_URL: "ws://127.0.0.1/live" },
    ...{ SESSION_SECRET: "a-secret-of-thirty-two-characters", TRUSTED_PROXIES: 0 },
  };
  let failures = 0;
  const metrics = {
    count(_: string, value: number) {
      failures += value;
    },
  };
  const guard = guardRequests({ config, clock: systemClock, log: { warn() {} }, metrics });
  const server = createServer((request, response) => void guard(request, response, listener)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    get: async (path: string) => (await fetch(at + path)).status,
    failures: () => failures,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test("what is served with 5xx is a failure of the server, and refusing too many visitors at once is none", async () => {
  await using server = await guarded(({ url }, response) => {
    const status = url?.startsWith("/view/") ? 200 : 503;
    setTimeout(() => response.writeHead(status).end(), 300);
  });
  const statuses = await Promise.all(Array.from({ length: 30 }, () => server.get("/view/token")));
  expect(statuses).toContain(503);
  expect(server.failures()).toBe(0);
  expect(await server.get("/")).toBe(503);
  expect(server.failures()).toBe(1);
});

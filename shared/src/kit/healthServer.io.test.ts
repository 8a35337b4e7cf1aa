import { expect, test } from "vitest";
import { startHealthServer } from "./healthServer.ts";

test("alive is not ready: /readyz names what does not answer, /healthz stays 200", async () => {
  const checks = new Map<string, () => Promise<unknown>>();
  await using health = await startHealthServer(0, checks);
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${health.port}${path}`);
    return { status: response.status, body: await response.json() };
  };
  expect(await get("/readyz")).toEqual({ status: 200, body: { ready: true, notReady: [] } });
  checks.set("redis", async () => {
    throw new Error("connection refused");
  });
  checks.set("queue", () => new Promise(() => {}));
  expect(await get("/readyz")).toEqual({
    status: 503,
    body: {
      ready: false,
      notReady: [
        { name: "redis", why: "connection refused" },
        { name: "queue", why: "no response in 2 s" },
      ],
    },
  });
  expect((await get("/healthz")).status).toBe(200);
  expect((await get("/")).status).toBe(404);
});

test("it is read only: every other method gets 405 with Allow, HEAD has no body", async () => {
  await using server = await startHealthServer(0, new Map());
  for (const path of ["/healthz", "/readyz", "/nothing"])
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
      expect([response.status, response.headers.get("allow")], `${method} ${path}`).toEqual([405, "GET, HEAD"]);
      expect(await response.text()).toContain(`${method} is not possible here`);
    }
  const head = await fetch(`http://127.0.0.1:${server.port}/readyz?verbose`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

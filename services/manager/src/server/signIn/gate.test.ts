import { type FakeClock, fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import fc from "fast-check";
import { NextRequest } from "next/server";
import { expect, test } from "vitest";
import { makeGate } from "./gate.ts";
import { sessions } from "./session.ts";

const config = {
  MANAGER_URL: "https://manager.example.org",
  WEBSOCKET_API_URL: "wss://live.example.org/prod",
  SESSION_SECRET: "s".repeat(32),
};

/** Sends a request through the gate; Next.js behind a load balancer sees another address than the browser. */
function arrive(path: string, options: { headers?: Record<string, string>; method?: string; clock?: FakeClock } = {}) {
  const { headers = {}, method = "GET", clock = fakeClock() } = options;
  const request = new NextRequest(new URL(`http://0.0.0.0:8090${path}`), {
    method,
    headers: { host: "manager.example.org", ...headers },
  });
  return makeGate(config, clock, false)(request);
}

const sessionCookie = async (clock = fakeClock()) => {
  const line = await sessions(config, clock).begin("user-1");
  return { cookie: line.split(";")[0] ?? "" };
};

/** What of the request goes on to the route, as Next.js notes it. */
const passedOn = (response: Response, name: string) => response.headers.get(`x-middleware-request-${name}`);
const passes = (response: Response) => response.headers.get("x-middleware-next") === "1";

test("a page gets a policy with a nonce of its own, and knows the nonce", async () => {
  const headers = await sessionCookie();
  const nonces = new Set<string>();
  for (let count = 0; count < 3; count += 1) {
    const response = await arrive("/", { headers: { ...headers, "x-nonce": "planted" } });
    expect(passes(response)).toBe(true);
    const policy = response.headers.get("content-security-policy");
    const nonce = passedOn(response, "x-nonce") ?? "";
    expect(policy).toContain(`script-src 'self' 'nonce-${nonce}' 'strict-dynamic';`);
    expect(passedOn(response, "content-security-policy")).toBe(policy);
    expect(Buffer.from(nonce, "base64")).toHaveLength(16);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

test("a user who is not signed in is redirected to the sign-in page and back afterwards", async () => {
  const target = async (path: string, options = {}) => {
    const response = await arrive(path, options);
    expect(response.status).toBe(303);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    return response.headers.get("location");
  };
  expect(await target("/")).toBe("https://manager.example.org/sign-in");
  expect(await target("/?q=sent")).toBe("https://manager.example.org/sign-in?returnTo=%2F%3Fq%3Dsent");
  expect(await target("/work-orders/wo-1?list=send&language=EN")).toBe(
    "https://manager.example.org/sign-in?returnTo=%2Fwork-orders%2Fwo-1%3Flist%3Dsend%26language%3DEN",
  );
  expect(await target("/work-orders/new", { method: "POST" })).toBe("https://manager.example.org/sign-in");
  const clock = fakeClock();
  const headers = await sessionCookie(clock);
  await clock.advance(12 * 3_600_000);
  expect(await target("/", { headers, clock })).toBe("https://manager.example.org/sign-in?reason=session-ended");
});

test.each(["/sign-in", "/sign-in/no-access", "/api/work-orders", "/api/auth/callback", "/healthz", "/icon.svg"])(
  "%s lets everyone through",
  async (path) => expect(passes(await arrive(path))).toBe(true),
);

test("the public pages and the HTML of a preview keep the policy of their route, under any host", async () => {
  for (const path of ["/u/token", "/view/token", "/api/work-orders/wo-1/preview/html"]) {
    const response = await arrive(path, { headers: { host: "mail.example.org" } });
    expect(passes(response)).toBe(true);
    expect(response.headers.has("content-security-policy")).toBe(false);
    expect(response.headers.has("cross-origin-opener-policy")).toBe(false);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("a path that cannot be decoded is taken literally, so that its route finds nothing there", async () => {
  const headers = await sessionCookie();
  const target = async (path: string) => {
    const response = await arrive(path, { headers });
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    return new URL(response.headers.get("x-middleware-rewrite") ?? "http://none/").pathname;
  };
  expect(await target("/u/abc%E0%A4%A")).toBe("/u/abc%25E0%25A4%25A");
  expect(await target("/view/%")).toBe("/view/%25");
  expect(await target("/api/work-orders/%FF/history?after=%")).toBe("/api/work-orders/%25FF/history");
  expect(await target("/work-orders/%E0")).toBe("/work-orders/%25E0");
  expect(passes(await arrive("/u/%C3%BC", { headers }))).toBe(true);
});

test("a page requested under another host is redirected to MANAGER_URL, whatever its path", async () => {
  const landing = async (path: string) => {
    const response = await arrive(path, { headers: { host: "10.0.0.7:8090" } });
    expect(response.status).toBe(303);
    return response.headers.get("location") ?? "";
  };
  expect(await landing("/work-orders/wo-1?list=send&q=a?b")).toBe(
    "https://manager.example.org/work-orders/wo-1?list=send&q=a?b",
  );
  expect(await landing("/sign-in?reason=stale")).toBe("https://manager.example.org/sign-in?reason=stale");
  const tricks = fc.array(fc.constantFrom("/", "//", ".", "..", "\\", "@", ":", "?", "%2f", "evil.example", "é"));
  await fc.assert(
    fc.asyncProperty(fc.webPath(), fc.webQueryParameters(), tricks, async (path, query, pieces) => {
      const asked = `/x${path}${pieces.join("")}?${query}`;
      expect(new URL(await landing(asked)).origin).toBe("https://manager.example.org");
    }),
  );
  expect(new URL(await landing("//evil.example/x")).origin).toBe("https://manager.example.org");
});

test("where the manager listens at MANAGER_URL itself, another name of the machine does not lead in a circle", async () => {
  const gate = makeGate({ ...config, MANAGER_URL: "http://127.0.0.1:8090" }, fakeClock(), false);
  const request = new NextRequest("http://127.0.0.1:8090/work-orders/new?a=1", { headers: { host: "localhost:8090" } });
  const response = await gate(request);
  expect(response.headers.get("refresh")).toBe("0; url=http://127.0.0.1:8090/work-orders/new?a=1");
  expect(response.headers.has("location")).toBe(false);
  expect(await response.text()).toContain('<a href="http://127.0.0.1:8090/work-orders/new?a=1">');
});

test("health responds under any host, and a proxy in between may say what the host was", async () => {
  const headers = { host: "10.0.0.7:8090", ...(await sessionCookie()) };
  expect(passes(await arrive("/healthz", { headers }))).toBe(true);
  expect(passes(await arrive("/", { headers: { ...headers, "x-forwarded-host": "manager.example.org" } }))).toBe(true);
});

test("a session in use is renewed after an hour, and never by signing in or out", async () => {
  const clock = fakeClock();
  const headers = await sessionCookie(clock);
  expect((await arrive("/", { headers, clock })).headers.has("set-cookie")).toBe(false);
  await clock.advance(3_600_000);
  const renewed = await arrive("/api/work-orders", { headers, clock });
  expect(renewed.headers.get("set-cookie")).toMatch(/^__Host-email-manager-session=.+; Max-Age=43200; HttpOnly/);
  for (const path of ["/api/auth/sign-out", "/u/token", "/_next/static/x.js"])
    expect((await arrive(path, { headers, clock })).headers.has("set-cookie")).toBe(false);
});

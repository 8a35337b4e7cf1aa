import { mkdtempSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { type IssuerOptions, startIssuer } from "./issuer.ts";

const managerUrl = "http://127.0.0.1:8090";
const users = [
  { id: "writer", name: "Wren Writer", note: "Writes, sees every event" },
  { id: "o'brien<\"&", name: "Pat <b>O'Brien</b>" },
];
const start = (options: Partial<IssuerOptions> = {}) => startIssuer({ managerUrl, users, ...options });

const noise = [
  vi.spyOn(console, "info"),
  vi.spyOn(console, "warn"),
  vi.spyOn(console, "error"),
  vi.spyOn(console, "log"),
];
afterEach(() => {
  for (const spy of noise) expect(spy).not.toHaveBeenCalled();
});

/** The request with which the manager sends a browser here. */
function authorization(url: string, changes: Record<string, string | undefined> = {}): URL {
  const address = new URL("/auth", url);
  const asked: Record<string, string | undefined> = {
    client_id: "email-manager",
    response_type: "code",
    scope: "openid",
    redirect_uri: `${managerUrl}/api/auth/callback`,
    state: "the-state",
    nonce: "the-nonce",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    ...changes,
  };
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) address.searchParams.set(name, value);
  return address;
}

/** Keeps cookies, follows redirects inside the issuer, and stops before it would leave it. */
function visitor(url: string) {
  const cookies = new Map<string, string>();
  return async (address: string | URL, form?: Record<string, string>) => {
    let next = new URL(address, url);
    let init: RequestInit = form ? { method: "POST", body: new URLSearchParams(form) } : {};
    for (;;) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(next, { ...init, headers: { cookie, accept: "text/html" }, redirect: "manual" });
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/1970/.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      const location = response.headers.get("location");
      const target = location ? new URL(location, next) : next;
      if (!location || target.origin !== url)
        return { url: target, status: response.status, text: await response.text(), headers: response.headers };
      next = target;
      init = {};
    }
  };
}

test("it describes itself as the product needs it: code flow with PKCE, end of session", async () => {
  await using issuer = await start();
  const outcome = await fetch(`${issuer.url}/.well-known/openid-configuration`);
  expect(await outcome.json()).toMatchObject({
    issuer: issuer.url,
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"],
    end_session_endpoint: expect.stringContaining(issuer.url),
    id_token_signing_alg_values_supported: expect.arrayContaining(["RS256"]),
  });
});

test("the sign-in page has a button for each user, which signs them in without another question", async () => {
  await using issuer = await start();
  const visit = visitor(issuer.url);
  const page = await visit(authorization(issuer.url));
  expect(page.status).toBe(200);
  expect(page.text).toContain("<b>Wren Writer</b><small>Writes, sees every event</small>");
  expect(page.text).toContain("Pat &lt;b&gt;O'Brien&lt;/b&gt;");
  expect(page.text).not.toMatch(/type="password"|<script|https?:\/\/(?!127)/);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  // A user who is not on the page is refused.
  expect((await visit(page.url, { user: "root" })).text).toContain("Who are you?");
  const back = await visit(page.url, { user: "o'brien<\"&" });
  expect(`${back.url.origin}${back.url.pathname}`).toBe(`${managerUrl}/api/auth/callback`);
  expect(back.url.searchParams.get("state")).toBe("the-state");
  expect(back.url.searchParams.get("code")).toBeTruthy();
  // The same browser is known from now on.
  expect((await visit(authorization(issuer.url))).url.searchParams.get("code")).toBeTruthy();
});

test("it requires PKCE, and redirects to the manager only", async () => {
  await using issuer = await start();
  const visit = visitor(issuer.url);
  const without = await visit(
    authorization(issuer.url, { code_challenge: undefined, code_challenge_method: undefined }),
  );
  expect(without.url.searchParams.get("error")).toBe("invalid_request");
  const elsewhere = await visit(authorization(issuer.url, { redirect_uri: "http://127.0.0.1:9/api/auth/callback" }));
  expect(elsewhere.status).toBe(400);
  expect(elsewhere.url.origin).toBe(issuer.url);
  expect(elsewhere.text).toContain("redirect_uri did not match");
  const out = `/session/end?client_id=email-manager&post_logout_redirect_uri=${encodeURIComponent("http://127.0.0.1:9/")}`;
  expect((await visit(out)).status).toBe(400);
});

test("ending the session asks nothing, goes back to the manager, and the next sign-in asks who it is", async () => {
  await using issuer = await start();
  const visit = visitor(issuer.url);
  const page = await visit(authorization(issuer.url));
  await visit(page.url, { user: "writer" });
  const back = encodeURIComponent(`${managerUrl}/sign-in`);
  const end = `/session/end?client_id=email-manager&post_logout_redirect_uri=${back}&state=signed-out`;
  expect((await visit(end)).url.href).toBe(`${managerUrl}/sign-in?state=signed-out`);
  expect((await visit(authorization(issuer.url))).text).toContain("Who are you?");
});

test("not signing in is an outcome too, and a page that is too old leads back to the manager", async () => {
  await using issuer = await start();
  const visit = visitor(issuer.url);
  const page = await visit(authorization(issuer.url));
  expect((await visit(page.url, { cancel: "yes" })).url.searchParams.get("error")).toBe("access_denied");
  const stale = await visitor(issuer.url)(page.url, { user: "writer" });
  expect(stale.url.href).toBe(`${managerUrl}/sign-in`);
  expect((await visit("/")).url.origin).toBe(managerUrl);
});

test("keys and client secret of a data folder outlive a restart; without one they are new", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "email-agent-issuer-test-"));
  const facts = async (options: Partial<IssuerOptions>) => {
    await using issuer = await start(options);
    const keys = await (await fetch(`${issuer.url}/jwks`)).json();
    expect(JSON.stringify(keys)).not.toContain('"d":');
    return { secret: issuer.clientSecret, keys };
  };
  const first = await facts({ dataFolder });
  expect(await facts({ dataFolder })).toEqual(first);
  const fresh = await facts({});
  expect(fresh.secret).not.toBe(first.secret);
  expect(fresh.keys).not.toEqual(first.keys);
  expect(statSync(join(dataFolder, "issuer.json")).mode & 0o077).toBe(0);
  rmSync(dataFolder, { recursive: true });
});

test("listens on loopback only", async () => {
  await using issuer = await start();
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address;
  const outcome = await new Promise((resolve) => {
    if (!outside) return resolve("there is no other address here");
    const socket = connect(Number(new URL(issuer.url).port), outside);
    socket.once("connect", () => resolve("reached"));
    socket.once("error", () => resolve("refused"));
  });
  expect(outcome).not.toBe("reached");
});

import { expect, test } from "vitest";
import { contentSecurityPolicy, type PageKind, pageKind, securityHeaders } from "./securityHeaders.ts";

const config = {
  MANAGER_URL: "https://manager.example.org",
  WEBSOCKET_API_URL: "wss://abc.execute-api.eu-west-1.amazonaws.com/live",
};
const policyOf = (text: string) =>
  Object.fromEntries(text.split("; ").map((part) => [part.split(" ")[0], part.split(" ").slice(1)]));

test.each<[string, PageKind]>([
  ["/", "page"],
  ["/work-orders/wo-1", "page"],
  ["/sign-in", "page"],
  ["/u", "page"],
  ["/u/token/more", "page"],
  ["/nothing-here.png", "page"],
  ["/iconography/x", "page"],
  ["/api/work-orders", "api"],
  ["/api/work-orders/wo-1/preview", "api"],
  ["/api/work-orders/wo-1/preview/html/x", "api"],
  ["/healthz", "api"],
  ["/api/work-orders/wo-1/preview/html", "own-policy"],
  ["/u/abc.def-ghi_1", "own-policy"],
  ["/view/abc.def", "own-policy"],
  ["/_next/static/chunks/main.js", "asset"],
  ["/icon.svg", "asset"],
  ["/favicon.ico", "asset"],
])("%s is a matter of kind %s", (path, kind) => expect(pageKind(path)).toBe(kind));

test("a page runs nothing but the scripts and styles of its own response, and no site can frame it", () => {
  const policy = policyOf(contentSecurityPolicy(config, "bm9uY2U="));
  expect(policy).toEqual({
    "default-src": ["'none'"],
    "script-src": ["'self'", "'nonce-bm9uY2U='", "'strict-dynamic'"],
    "style-src": ["'self'", "'nonce-bm9uY2U='"],
    "style-src-attr": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", "wss://abc.execute-api.eu-west-1.amazonaws.com"],
    "frame-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
  });
});

test("only while developing, eval and styles without a nonce are let through", () => {
  const built = contentSecurityPolicy(config, "x");
  const developing = policyOf(contentSecurityPolicy(config, "x", true));
  expect(built).not.toContain("unsafe-eval");
  expect(developing["script-src"]).toContain("'unsafe-eval'");
  expect(developing["style-src"]).toEqual(["'self'", "'unsafe-inline'"]);
});

test("every kind of response has the headers that fit it", () => {
  const headers = (kind: PageKind, managerUrl = config.MANAGER_URL) =>
    securityHeaders({ ...config, MANAGER_URL: managerUrl }, kind, "the policy of the page");
  for (const kind of ["page", "api", "asset", "own-policy"] as const) {
    expect(headers(kind)).toMatchObject({
      "x-content-type-options": "nosniff",
      "permissions-policy": expect.stringContaining("camera=()"),
      "strict-transport-security": "max-age=31536000",
    });
    expect(headers(kind, "http://127.0.0.1:8090")).not.toHaveProperty("strict-transport-security");
  }
  expect(headers("page")).toMatchObject({
    "content-security-policy": "the policy of the page",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
  });
  expect(headers("api")["content-security-policy"]).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(Object.keys(headers("own-policy")).sort()).toEqual([
    "permissions-policy",
    "strict-transport-security",
    "x-content-type-options",
  ]);
});

import { randomBytes } from "node:crypto";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy, type PolicyConfig, pageKind, securityHeaders } from "../http/securityHeaders.ts";
import { goOnTo } from "./redirects.ts";
import { type SessionConfig, type SessionState, sessions } from "./session.ts";

type GateConfig = PolicyConfig & SessionConfig;

/**
 * What every request passes before its route: security headers with a nonce of its own (for pages in `x-nonce` and in the
 * policy of the request, where Next.js looks for it), the way to the sign-in page, and the renewal of sessions in use.
 */
export function makeGate(config: GateConfig, clock: Pick<Clock, "now">, development: boolean) {
  const session = sessions(config, clock);
  return async (request: NextRequest): Promise<NextResponse> => {
    const { pathname: path, search: query } = request.nextUrl;
    const kind = pageKind(path);
    const nonce = randomBytes(16).toString("base64");
    const policy = contentSecurityPolicy(config, nonce, development);
    const withHeaders = (response: NextResponse) => {
      for (const [name, value] of Object.entries(securityHeaders(config, kind, policy)))
        response.headers.set(name, value);
      return response;
    };
    if (kind === "asset" || kind === "own-policy") return withHeaders(pass(request));

    const found: SessionState = await session.of(request.headers);
    const hosts = [request.headers.get("host"), request.headers.get("x-forwarded-host")];
    const arrival = { method: request.method, path, query, hosts, session: found.state };
    const elsewhere = detour(arrival, config.MANAGER_URL);
    if (elsewhere) return withHeaders(take(elsewhere, request));

    const headers = new Headers(request.headers);
    if (kind === "page") {
      headers.set("x-nonce", nonce);
      headers.set("content-security-policy", policy);
    }
    const response = withHeaders(pass(request, headers));
    // Signing in and out set the cookie themselves.
    const renewed = found.state === "open" && !path.startsWith("/api/auth/") && (await session.renew(found.session));
    if (renewed) response.headers.append("set-cookie", renewed);
    return response;
  };
}

/**
 * Lets a request through to its route. A path that cannot be decoded, as of a link that was cut within `%C3%BC`, is
 * taken literally: the route then finds nothing there, where Next.js would respond with 500.
 */
function pass(request: NextRequest, headers = request.headers): NextResponse {
  const { pathname: path } = request.nextUrl;
  if (isDecodable(path)) return NextResponse.next({ request: { headers } });
  const address = request.nextUrl.clone();
  address.pathname = path.replaceAll("%", "%25");
  return NextResponse.rewrite(address, { request: { headers } });
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Next.js makes the address of a redirect relative if it is the address it listens at (as in the local stack), and a browser
 * that used another name of this machine would be redirected to that name endlessly.
 */
function take({ kind, address }: Detour, request: NextRequest): NextResponse {
  const becomesRelative = new NextRequest(address).nextUrl.host === request.nextUrl.host;
  if (kind === "sign-in" || !becomesRelative) return NextResponse.redirect(address, 303);
  const { body, headers } = goOnTo(address, "The Email Manager has another address");
  return new NextResponse(body, { headers });
}

/** A request, as far as the gate looks at it. */
interface Arrival {
  readonly method: string;
  readonly path: string;
  /** With its question mark; empty if there is none. */
  readonly query: string;
  /** `Host`, and what a proxy in between says that it was. */
  readonly hosts: readonly (string | null)[];
  readonly session: SessionState["state"];
}

/** Where a request must go instead; `home`: to the same page under MANAGER_URL. */
interface Detour {
  readonly kind: "home" | "sign-in";
  readonly address: URL;
}

/**
 * What a request must do instead of passing, undefined if it may: pages live under MANAGER_URL alone (the public ones may
 * live elsewhere), and all but the sign-in pages are for those who are signed in. The API responds with its own errors.
 */
function detour({ method, path, query, hosts, session }: Arrival, managerUrl: string): Detour | undefined {
  if (pageKind(path) !== "page") return undefined;
  const reading = method === "GET" || method === "HEAD";
  const address = new URL(managerUrl);
  if (reading && !hosts.includes(address.host)) {
    // Set part by part: a path such as `//host` stays a path.
    address.pathname = path;
    address.search = query;
    return { kind: "home", address };
  }
  if (session === "open" || /^\/sign-in(?:\/|$)/.test(path)) return undefined;
  address.pathname = "/sign-in";
  if (session === "ended") address.searchParams.set("reason", "session-ended");
  if (reading && `${path}${query}` !== "/") address.searchParams.set("returnTo", `${path}${query}`);
  return { kind: "sign-in", address };
}

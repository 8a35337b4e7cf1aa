import { type ClientRequest, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP, isIPv6, type LookupFunction, type Socket } from "node:net";
import { untilAborted } from "../untilAborted.ts";
import { hostOf, type LinkRefusal, type LinkRoute, type RouteLink } from "./linkRoutes.ts";

/** The outcome of a request for a link. */
export type LinkResult =
  | LinkRefusal
  | { readonly kind: "responded"; readonly status: number; readonly contentType?: string }
  | { readonly kind: "denied"; readonly host: string }
  | { readonly kind: "tls"; readonly reason: string }
  | { readonly kind: "redirects" }
  | { readonly kind: "timeout" };

export interface LinkFetcher {
  /**
   * Requests a link and follows its redirects. `denied` hosts are never contacted, not even by a redirect. Returns the
   * outcome of the last hop; throws only `signal.reason`.
   */
  fetch(url: URL, denied: (host: string) => boolean, signal: AbortSignal): Promise<LinkResult>;
}

export interface LinkLimits {
  /** For one link, redirects and name look-ups included. */
  readonly timeoutMilliseconds: number;
  readonly redirects: number;
}

/** Share of the time that HEAD may take: a site that ignores HEAD may still respond to GET. */
const headShare = 0.4;

/**
 * Tries HEAD with its redirects, then GET from the start if HEAD fails: many sites refuse HEAD, do not know it, cut the
 * connection or stay silent, and still serve the page. Reads no body. Guards against SSRF and DNS rebinding: every hop is
 * resolved again, its addresses are checked, and the connection goes to one of the checked addresses.
 */
export function linkFetcher(
  route: RouteLink,
  limits: LinkLimits = { timeoutMilliseconds: 10_000, redirects: 5 },
): LinkFetcher {
  return {
    fetch: async (url, denied, signal) => {
      const ask = async (method: "HEAD" | "GET", milliseconds: number) => {
        const deadline = AbortSignal.timeout(milliseconds);
        const either = AbortSignal.any([deadline, signal]);
        try {
          return await untilAborted(follow(url, limits.redirects, { method, route, denied, signal: either }), either);
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          if (deadline.aborted) return { kind: "timeout" as const };
          throw error;
        }
      };
      const head = await ask("HEAD", limits.timeoutMilliseconds * headShare);
      return isFinal(head) ? head : ask("GET", limits.timeoutMilliseconds * (1 - headShare));
    },
  };
}

/** False if GET may have another outcome. */
function isFinal(result: LinkResult): boolean {
  if (result.kind === "responded") return result.status >= 200 && result.status < 400;
  return !["unreachable", "timeout", "redirects"].includes(result.kind);
}

interface Asking {
  readonly method: "HEAD" | "GET";
  readonly route: RouteLink;
  readonly denied: (host: string) => boolean;
  readonly signal: AbortSignal;
}

async function follow(url: URL, redirects: number, asking: Asking): Promise<LinkResult> {
  const { method, route, denied, signal } = asking;
  if (denied(hostOf(url))) return { kind: "denied", host: hostOf(url) };
  const way = await route(url);
  if ("kind" in way) return way;
  signal.throwIfAborted();
  const reply = await ask(url, method, way, signal);
  if (!isReply(reply)) return reply;
  const next = nextHop(url, reply);
  if (next === undefined) return responded(reply);
  if ("kind" in next) return next;
  if (redirects === 0) return { kind: "redirects" };
  return follow(next, redirects - 1, asking);
}

function responded({ status, contentType }: Reply): LinkResult {
  return { kind: "responded", status, ...(contentType && { contentType }) };
}

interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly contentType?: string;
}

function isReply(reply: Reply | LinkResult): reply is Reply {
  return !("kind" in reply);
}

/** The redirect target of a reply; undefined if there is none. */
function nextHop(url: URL, { status, location }: Reply): URL | LinkResult | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  const next = URL.parse(location, url.href);
  if (next === null) return { kind: "not-followed", reason: "it redirects to an invalid URL" };
  if (next.protocol !== "https:" && next.protocol !== "http:")
    return { kind: "not-followed", reason: `it redirects to ${next.protocol}` };
  return next;
}

function ask(url: URL, method: string, way: LinkRoute, signal: AbortSignal): Promise<Reply | LinkResult> {
  return new Promise((resolve) => {
    const secure = url.protocol === "https:" && !way.plain;
    const host = hostOf(url);
    const request = (secure ? secureRequest : plainRequest)({
      host,
      ...(isIP(host) === 0 && { servername: host }),
      port: way.port,
      path: `${url.pathname}${url.search}`,
      method,
      agent: false,
      lookup: pinnedTo(way.addresses),
      // Some sites respond with 403 to clients without these headers.
      headers: { host: url.host, "user-agent": "Mozilla/5.0 (compatible; email-agent link check)", accept: "*/*" },
      signal,
    });
    const phase = phaseOf(request, secure);
    request.on("response", (response) => {
      const { location, "content-type": contentType } = response.headers;
      resolve({ status: response.statusCode ?? 0, location, ...(contentType && { contentType }) });
      response.destroy();
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(failureOf(error, phase())));
    request.end();
  });
}

/** DNS pinning: every look-up returns the checked addresses, so that the socket resolves nothing itself. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const pinned = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, callback) => {
    if (options.all) callback(null, pinned);
    else callback(null, pinned[0]!.address, pinned[0]!.family);
  };
}

/** How far a request got: a failure between connection and handshake is a TLS failure. */
function phaseOf(request: ClientRequest, secure: boolean): () => "connecting" | "handshake" | "open" {
  let phase: "connecting" | "handshake" | "open" = "connecting";
  request.on("socket", (socket: Socket) => {
    socket.once("connect", () => {
      phase = secure ? "handshake" : "open";
    });
    socket.once("secureConnect", () => {
      phase = "open";
    });
  });
  return () => phase;
}

function failureOf(error: NodeJS.ErrnoException, phase: "connecting" | "handshake" | "open"): LinkResult {
  const reason = error.code ?? error.message;
  // A connection cut in the middle of the handshake says nothing about certificates.
  if (phase === "handshake" && error.code !== "ECONNRESET") return { kind: "tls", reason };
  return { kind: "unreachable", reason };
}

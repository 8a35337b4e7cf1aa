import { type ClientRequest, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP, isIPv6, type LookupFunction, type Socket } from "node:net";
import { untilAborted } from "../untilAborted.ts";
import { hostOf, type LinkRefusal, type LinkRoute, type RouteLink } from "./linkRoutes.ts";

/** What a link came to. */
export type LinkAnswer =
  | LinkRefusal
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "denied"; readonly host: string }
  | { readonly kind: "tls"; readonly reason: string }
  | { readonly kind: "timeout" };

export interface LinkFetcher {
  /**
   * Asks for a link and follows its redirects. Hosts that are `denied` are not asked, at no redirect. Answers what the
   * last one said; throws only `signal.reason`.
   */
  fetch(url: URL, denied: (host: string) => boolean, signal: AbortSignal): Promise<LinkAnswer>;
}

export interface LinkLimits {
  /** For one link, redirects and name look-ups included. */
  readonly timeoutMilliseconds: number;
  readonly redirects: number;
}

/**
 * Asks with HEAD, again with GET where HEAD is not known (405, 501), and reads no body. Every hop is routed anew: the
 * name is resolved and its addresses are checked, and the connection goes to one of the checked addresses, so a name
 * that changes its answer in between gains nothing.
 */
export function linkFetcher(
  route: RouteLink,
  limits: LinkLimits = { timeoutMilliseconds: 10_000, redirects: 5 },
): LinkFetcher {
  return {
    fetch: async (url, denied, signal) => {
      const deadline = AbortSignal.timeout(limits.timeoutMilliseconds);
      const either = AbortSignal.any([deadline, signal]);
      try {
        return await untilAborted(follow(url, limits.redirects, route, denied, either), either);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (deadline.aborted) return { kind: "timeout" };
        throw error;
      }
    },
  };
}

async function follow(
  url: URL,
  redirects: number,
  route: RouteLink,
  denied: (host: string) => boolean,
  signal: AbortSignal,
): Promise<LinkAnswer> {
  if (denied(hostOf(url))) return { kind: "denied", host: hostOf(url) };
  const way = await route(url);
  if ("kind" in way) return way;
  signal.throwIfAborted();
  let reply = await ask(url, "HEAD", way, signal);
  if (isReply(reply) && (reply.status === 405 || reply.status === 501)) reply = await ask(url, "GET", way, signal);
  if (!isReply(reply)) return reply;
  const next = nextHop(url, reply);
  if (next === undefined) return { kind: "answered", status: reply.status };
  if ("kind" in next) return next;
  if (redirects === 0) return { kind: "not-followed", reason: "it redirects too often" };
  return follow(next, redirects - 1, route, denied, signal);
}

interface Reply {
  readonly status: number;
  readonly location: string | undefined;
}

function isReply(reply: Reply | LinkAnswer): reply is Reply {
  return !("kind" in reply);
}

/** Where the reply sends us; undefined if it is the last one. */
function nextHop(url: URL, { status, location }: Reply): URL | LinkAnswer | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  const next = URL.parse(location, url.href);
  if (next === null) return { kind: "not-followed", reason: "it redirects to something that is no URL" };
  if (next.protocol !== "https:" && next.protocol !== "http:")
    return { kind: "not-followed", reason: `it redirects to ${next.protocol}` };
  return next;
}

function ask(url: URL, method: string, way: LinkRoute, signal: AbortSignal): Promise<Reply | LinkAnswer> {
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
      // Some sites answer 403 to clients that send no such headers.
      headers: { host: url.host, "user-agent": "Mozilla/5.0 (compatible; email-agent link check)", accept: "*/*" },
      signal,
    });
    const phase = phaseOf(request, secure);
    request.on("response", (response) => {
      resolve({ status: response.statusCode ?? 0, location: response.headers.location });
      response.destroy();
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(failureOf(error, phase())));
    request.end();
  });
}

/** Answers every look-up with the addresses that were checked, so that the socket resolves nothing itself. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, callback) => {
    if (options.all) callback(null, answers);
    else callback(null, answers[0]!.address, answers[0]!.family);
  };
}

/** How far a request came: a failure between connection and handshake is one of TLS. */
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

function failureOf(error: NodeJS.ErrnoException, phase: "connecting" | "handshake" | "open"): LinkAnswer {
  const reason = error.code ?? error.message;
  // A connection cut in the middle of the handshake says nothing about certificates.
  if (phase === "handshake" && error.code !== "ECONNRESET") return { kind: "tls", reason };
  return { kind: "unreachable", reason };
}

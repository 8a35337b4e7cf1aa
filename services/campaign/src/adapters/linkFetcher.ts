import { type ClientRequest, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP, isIPv6, type LookupFunction, type Socket } from "node:net";
import { untilAborted } from "../untilAborted.ts";
import { hostOf, type LinkRefusal, type LinkRoute, type RouteLink } from "./linkRoutes.ts";

/** What a link came to. */
export type LinkAnswer =
  | LinkRefusal
  | { readonly kind: "answered"; readonly status: number; readonly contentType?: string }
  | { readonly kind: "denied"; readonly host: string }
  | { readonly kind: "tls"; readonly reason: string }
  | { readonly kind: "redirects" }
  | { readonly kind: "timeout" };

export interface LinkFetcher {
  /**
   * Asks for a link and follows its redirects. Hosts that are `denied` are not asked, at no redirect. Returns what the
   * last one said; throws only `signal.reason`.
   */
  fetch(url: URL, denied: (host: string) => boolean, signal: AbortSignal): Promise<LinkAnswer>;
}

export interface LinkLimits {
  /** For one link, redirects and name look-ups included. */
  readonly timeoutMilliseconds: number;
  readonly redirects: number;
}

/** The part of the time HEAD may take; a site that keeps silent on it may still answer GET. */
const headShare = 0.4;

/**
 * Asks with HEAD, redirects included, and once more from the beginning with GET where HEAD came to nothing: many sites
 * refuse it, do not know it, cut the connection or keep silent, and show the page all the same. Reads no body. Every hop
 * is routed anew: the name is resolved and its addresses are checked, and the connection goes to one of the checked
 * addresses, so a name that changes its answer in between gains nothing.
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

/** False for what GET may come to differently. */
function isFinal(answer: LinkAnswer): boolean {
  if (answer.kind === "answered") return answer.status >= 200 && answer.status < 400;
  return !["unreachable", "timeout", "redirects"].includes(answer.kind);
}

interface Asking {
  readonly method: "HEAD" | "GET";
  readonly route: RouteLink;
  readonly denied: (host: string) => boolean;
  readonly signal: AbortSignal;
}

async function follow(url: URL, redirects: number, asking: Asking): Promise<LinkAnswer> {
  const { method, route, denied, signal } = asking;
  if (denied(hostOf(url))) return { kind: "denied", host: hostOf(url) };
  const way = await route(url);
  if ("kind" in way) return way;
  signal.throwIfAborted();
  const reply = await ask(url, method, way, signal);
  if (!isReply(reply)) return reply;
  const next = nextHop(url, reply);
  if (next === undefined) return answered(reply);
  if ("kind" in next) return next;
  if (redirects === 0) return { kind: "redirects" };
  return follow(next, redirects - 1, asking);
}

function answered({ status, contentType }: Reply): LinkAnswer {
  return { kind: "answered", status, ...(contentType && { contentType }) };
}

interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly contentType?: string;
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
      const { location, "content-type": contentType } = response.headers;
      resolve({ status: response.statusCode ?? 0, location, ...(contentType && { contentType }) });
      response.destroy();
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(failureOf(error, phase())));
    request.end();
  });
}

/** Resolves every look-up with the addresses that were checked, so that the socket resolves nothing itself. */
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

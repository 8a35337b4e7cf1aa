import type { IncomingHttpHeaders } from "node:http";

/** What a server for this machine takes besides requests of this machine's own programs and of its own pages. */
export interface AllowedOrigins {
  /** Host names it is reached by besides those of loopback: its name in a network of containers. */
  readonly hostNames?: readonly string[];
  /** Origins of pages elsewhere that may use it, as `http://127.0.0.1:8020`. Its own pages always may. */
  readonly pageOrigins?: readonly string[];
  /** Every host name is served. Only for a server that holds nothing and does nothing. */
  readonly everyHostName?: boolean;
}

const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** Names of the one address 127.0.0.1, which a browser may use for the same page. */
const sameMachine = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Why a server on loopback refuses a request: one sentence, undefined if it is served. Any web page can make the browser
 * of a developer send requests to 127.0.0.1; what distinguishes them from the requests of programs is:
 *
 * - `Host` (RFC 9110, 7.2) holds a name of the page's own site after DNS rebinding;
 * - `Origin` (Fetch, 3.2) names the page, or is `null`, for every request but plain GET and HEAD;
 * - `Sec-Fetch-Site: cross-site` (W3C Fetch Metadata) marks also those. A link that is followed is let through.
 */
export function foreignRequest(
  request: { readonly method?: string; readonly headers: IncomingHttpHeaders },
  allowed: AllowedOrigins = {},
): string | undefined {
  const { host, origin } = request.headers;
  const address = addressOf(`http://${host}`);
  if (!host || !address || /[/?#@\\]/.test(host)) return "A request names the host it is for.";
  if (!allowed.everyHostName && !loopbackName.test(address.hostname) && !allowed.hostNames?.includes(address.hostname))
    return `The host name ${address.hostname} is not one of this server: it is reached by 127.0.0.1 or localhost.`;
  if (origin !== undefined) {
    const own = [`http://${host}`, ...(allowed.pageOrigins ?? [])].map(comparable);
    return own.includes(comparable(origin)) ? undefined : `Pages of the origin ${origin} may not use this server.`;
  }
  return isCrossSite(request) ? "Pages of other sites may not use this server." : undefined;
}

function isCrossSite({ method, headers }: { readonly method?: string; readonly headers: IncomingHttpHeaders }) {
  if (headers["sec-fetch-site"] !== "cross-site") return false;
  const followsLink = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return !(followsLink && (method === "GET" || method === "HEAD"));
}

/** An origin in one spelling; a text that is none stays what it is. */
function comparable(origin: string): string {
  const address = addressOf(origin);
  if (!address || address.origin !== origin.toLowerCase().replace(/\/$/, "")) return origin;
  const name = sameMachine.test(address.hostname) ? "127.0.0.1" : address.hostname;
  return `${address.protocol}//${name}:${address.port || (address.protocol === "https:" ? 443 : 80)}`;
}

function addressOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isPublicAddress } from "./publicAddress.ts";

/** Where a request for a URL goes: one of the addresses that were checked, on this port. */
export interface LinkRoute {
  readonly addresses: readonly string[];
  readonly port: number;
  /** Plain HTTP whatever the URL says: a local stand-in has no certificate. */
  readonly plain: boolean;
}

/** Why no request goes out. */
export type LinkRefusal =
  | { readonly kind: "unknown-name"; readonly host: string }
  | { readonly kind: "private-address"; readonly host: string }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "not-followed"; readonly reason: string };

export type RouteLink = (url: URL) => Promise<LinkRoute | LinkRefusal>;

/** All addresses of a name; throws with the system's code (`ENOTFOUND`, `EAI_AGAIN`, …) as `node:dns` does. */
export type ResolveName = (host: string) => Promise<readonly string[]>;

export const systemResolver: ResolveName = async (host) => {
  const found = await lookup(host, { all: true, order: "ipv4first" });
  return found.map(({ address }) => address);
};

const webPorts = ["", "80", "443"];

/**
 * SSRF guard: routes to the public web only, http and https on ports 80 and 443. A name with one private address among
 * public ones is refused, because a later connection might take that one.
 */
export function publicRoutes(resolve: ResolveName): RouteLink {
  return async (url) => {
    const host = hostOf(url);
    if (isLoopbackName(host)) return { kind: "private-address", host };
    const addresses = await addressesOf(host, resolve);
    if ("kind" in addresses) return addresses;
    if (!addresses.every(isPublicAddress)) return { kind: "private-address", host };
    if (!webPorts.includes(url.port)) return { kind: "not-followed", reason: `port ${url.port} is not a web port` };
    return { addresses, port: Number(url.port) || defaultPort(url), plain: false };
  };
}

/**
 * Sends the requests for some hosts to a local web server, everything else by `others`. Keys are host names or `*` for
 * every name (never for a literal address or this machine), values `host:port`.
 */
export function standInRoutes(
  standIns: ReadonlyMap<string, string>,
  resolve: ResolveName,
  others: RouteLink,
): RouteLink {
  return async (url) => {
    const host = hostOf(url);
    const isName = isIP(host) === 0 && !isLoopbackName(host);
    const target = standIns.get(host) ?? (isName ? standIns.get("*") : undefined);
    if (target === undefined) return others(url);
    const standIn = new URL(`http://${target}`);
    const addresses = await addressesOf(hostOf(standIn), resolve);
    if ("kind" in addresses) return addresses;
    return { addresses, port: Number(standIn.port) || 80, plain: true };
  };
}

/** Names of the reader's own machine, whatever a name server returns for them (RFC 6761, 6.3). */
function isLoopbackName(host: string): boolean {
  return /(?:^|\.)localhost\.?$/i.test(host);
}

/** The host without the brackets of an IPv6 literal. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function defaultPort(url: URL): number {
  return url.protocol === "https:" ? 443 : 80;
}

async function addressesOf(host: string, resolve: ResolveName): Promise<readonly string[] | LinkRefusal> {
  if (isIP(host) !== 0) return [host];
  try {
    const addresses = await resolve(host);
    return addresses.length > 0 ? addresses : { kind: "unknown-name", host };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOTFOUND") return { kind: "unknown-name", host };
    return { kind: "unreachable", reason: `the name server did not respond (${code ?? String(error)})` };
  }
}

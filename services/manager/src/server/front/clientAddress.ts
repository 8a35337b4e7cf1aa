import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";
import { isPrivateHost } from "@email-agent/shared/domain/delivery/privateHosts.ts";

/**
 * The client address, as the key of a rate limit: an IPv4 address or the /64 of an IPv6 address, which belongs to one subscriber.
 * Undefined if it cannot be known: without a trusted proxy, a loopback or private address may be that of a proxy that
 * TRUSTED_PROXIES does not count.
 *
 * @param trustedProxies how many proxies in front append the address they were asked from to `X-Forwarded-For`; what stands
 * further left comes from the client and says nothing
 */
export function clientAddress(
  request: Pick<IncomingMessage, "headers"> & { readonly socket: { readonly remoteAddress?: string | undefined } },
  trustedProxies: number,
): string | undefined {
  const forwarded = String(request.headers["x-forwarded-for"] ?? "").split(",");
  const byProxy = trustedProxies > 0 ? addressIn(forwarded.at(-trustedProxies) ?? "") : undefined;
  if (byProxy !== undefined) return network(byProxy);
  const peer = addressIn(request.socket.remoteAddress ?? "");
  return peer === undefined || isPrivateHost(peer) ? undefined : network(peer);
}

/** The address in `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`; an IPv4 one mapped into IPv6 as such. */
function addressIn(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, "$1")
    .replace(/^([\d.]+):\d+$/, "$1")
    .replace(/%.*$/, "");
  const mapped = /^::ffff:([\d.]+)$/i.exec(bare)?.[1] ?? bare;
  return isIP(mapped) === 0 ? undefined : mapped;
}

function network(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groupsOf = (part: string) => (part === "" ? [] : part.split(":"));
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  // A dotted end counts as two groups; it lies behind the first four in any case.
  const missing = tail === undefined ? 0 : 8 - left.length - right.length - (tail.includes(".") ? 1 : 0);
  const groups = [...left, ...Array<string>(Math.max(0, missing)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

import { BlockList, isIP } from "node:net";

const privateRanges = new BlockList();
for (const [network, prefix] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
] as const)
  privateRanges.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  privateRanges.addSubnet(network, prefix, "ipv6");

/**
 * True for a host that is this machine or inside its own network: a loopback or private address, `localhost`, a name
 * without a dot (a container's), or one under a suffix reserved for private networks (RFC 6762 `.local`, RFC 8375
 * `.home.arpa`, ICANN `.internal`). Only such a host may be spoken to without TLS or credentials.
 */
export function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, "");
  const family = isIP(name);
  if (family !== 0) return privateRanges.check(name, family === 4 ? "ipv4" : "ipv6");
  return !name.includes(".") || /\.(localhost|local|internal|home\.arpa)$/.test(name);
}

import { BlockList, isIP, isIPv6 } from "node:net";

/**
 * SSRF guard: IPv4 ranges that no link in a mail may lead to: this network, private, shared (CGNAT, with Alibaba's metadata service), loopback,
 * link-local (with the metadata services of AWS, Google and Azure), protocol assignments (with Oracle's metadata
 * service), documentation, relays, benchmarks, multicast, reserved and broadcast. Source: IANA IPv4 Special-Purpose
 * Address Registry (RFC 6890). 168.63.129.16 is Azure's host service on a public number.
 */
const refusedV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Inside global unicast: Teredo and other assignments, documentation (twice), 6to4, which carries any IPv4 address. */
const refusedV6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

/** Notations of an IPv4 address in IPv6, judged by the IPv4 address inside: mapped (RFC 4291) and NAT64 (RFC 6052). */
const embeddedV4 = ["::ffff:", "64:ff9b::"] as const;

const refused = new BlockList();
const public6 = new BlockList();

for (const [network, prefix] of refusedV4) {
  refused.addSubnet(network, prefix, "ipv4");
  for (const notation of embeddedV4) refused.addSubnet(`${notation}${network}`, 96 + prefix, "ipv6");
}
for (const [network, prefix] of refusedV6) refused.addSubnet(network, prefix, "ipv6");
// In IPv6 only global unicast and the notations above are public; loopback, unique local (with AWS's fd00:ec2::254),
// link-local, multicast and the local NAT64 prefix 64:ff9b:1::/48 lie outside.
public6.addSubnet("2000::", 3, "ipv6");
for (const notation of embeddedV4) public6.addSubnet(`${notation}0.0.0.0`, 96, "ipv6");

/** True for an address a link in a mail may lead to; false for private and special ones and for text that is no address. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes("%")) return false;
  if (isIPv6(address)) return public6.check(address, "ipv6") && !refused.check(address, "ipv6");
  return !refused.check(address, "ipv4");
}

import { expect, test } from "vitest";
import { clientAddress } from "./clientAddress.ts";

const of = (peer: string | undefined, forwarded: string | undefined, trustedProxies: number) =>
  clientAddress(
    { headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded }, socket: { remoteAddress: peer } },
    trustedProxies,
  );

test.each<[string, string, string | undefined, number, string | undefined]>([
  ["the peer, where no proxy is trusted", "192.0.2.7", "198.51.100.1", 0, "192.0.2.7"],
  ["unknown behind a proxy that is not configured", "127.0.0.1", "198.51.100.1", 0, undefined],
  ["unknown behind a private peer", "::ffff:10.0.0.3", undefined, 0, undefined],
  ["what the proxy appended", "10.0.0.3", "198.51.100.1", 1, "198.51.100.1"],
  ["not what the client sent itself", "10.0.0.3", "203.0.113.9, 198.51.100.1", 1, "198.51.100.1"],
  ["what the outer of two proxies appended", "10.0.0.3", "1.1.1.1,198.51.100.1, 10.0.0.9", 2, "198.51.100.1"],
  ["with a port", "10.0.0.3", "198.51.100.1:4711", 1, "198.51.100.1"],
  ["unknown for a health check, which has no header", "10.0.0.3", undefined, 1, undefined],
  ["unknown for words", "10.0.0.3", "unknown", 1, undefined],
  ["a mapped IPv4 address as such", "::ffff:192.0.2.7", undefined, 0, "192.0.2.7"],
  ["the /64 of an IPv6 address", "2001:db8:1:2:3:4:5:6", undefined, 0, "2001:db8:1:2::/64"],
  ["the same for another host in it", "2001:0DB8:1:2::9", undefined, 0, "2001:db8:1:2::/64"],
  ["with zeros left out", "2001:db8::1", undefined, 0, "2001:db8:0:0::/64"],
  ["in brackets with a port", "10.0.0.3", "[2001:db8::1]:443", 1, "2001:db8:0:0::/64"],
])("a client is %s", (_, peer, forwarded, trustedProxies, expected) => {
  expect(of(peer, forwarded, trustedProxies)).toBe(expected);
});

test("a connection that is gone has no address", () => expect(of(undefined, undefined, 0)).toBeUndefined());

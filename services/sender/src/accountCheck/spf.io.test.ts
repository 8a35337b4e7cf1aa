import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DnsZone, type LocalDns, startDns } from "../../../../infra/local/dns.ts";
import { type MailDns, mailDns } from "./mailDns.ts";
import { checkSpf } from "./spf.ts";

let server: LocalDns;
let dns: MailDns;
beforeAll(async () => {
  server = await startDns();
  dns = mailDns(server.address);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const ip = "192.0.2.10";
async function judged(record: string | readonly string[], more: DnsZone = {}, address = ip) {
  server.use({ "mail.test": { TXT: [record].flat(), ...more["mail.test"] }, ...without(more, "mail.test") });
  return checkSpf(dns, { ip: address, sender: "bounces@mail.test", helo: "relay.test" });
}
const without = (zone: DnsZone, name: string): DnsZone =>
  Object.fromEntries(Object.entries(zone).filter(([key]) => key !== name));

describe("check_host() of RFC 7208", () => {
  test.each<[string, string, DnsZone, string]>([
    ["ip4", "v=spf1 ip4:192.0.2.10 -all", {}, "pass"],
    ["ip4 network", "v=spf1 ip4:192.0.2.0/24 -all", {}, "pass"],
    ["ip4 of another", "v=spf1 ip4:198.51.100.0/24 -all", {}, "fail"],
    ["softfail", "v=spf1 ~all", {}, "softfail"],
    ["neutral", "v=spf1 ?all", {}, "neutral"],
    ["nothing that matches", "v=spf1 ip4:198.51.100.1", {}, "neutral"],
    ["upper case", "V=SPF1 IP4:192.0.2.10 -ALL", {}, "pass"],
    ["a", "v=spf1 a -all", { "mail.test": { A: ["192.0.2.10"] } }, "pass"],
    ["a of another name, with a network", "v=spf1 a:web.test/28 -all", { "web.test": { A: ["192.0.2.1"] } }, "pass"],
    ["mx", "v=spf1 mx -all", { "mail.test": { MX: ["10 mx.test"] }, "mx.test": { A: ["192.0.2.10"] } }, "pass"],
    ["include", "v=spf1 include:p.test -all", { "p.test": { TXT: ["v=spf1 ip4:192.0.2.10 -all"] } }, "pass"],
    ["include that fails", "v=spf1 include:p.test ~all", { "p.test": { TXT: ["v=spf1 -all"] } }, "softfail"],
    ["redirect", "v=spf1 redirect=p.test", { "p.test": { TXT: ["v=spf1 ip4:192.0.2.10 -all"] } }, "pass"],
    [
      "exists with macros",
      "v=spf1 exists:%{ir}.%{v}.list.test -all",
      { "10.2.0.192.in-addr.list.test": { A: ["127.0.0.2"] } },
      "pass",
    ],
    [
      "local part and domain in macros",
      "v=spf1 exists:%{l}.%{d2}.list.test -all",
      { "bounces.mail.test.list.test": { A: ["127.0.0.2"] } },
      "pass",
    ],
    [
      "ptr",
      "v=spf1 ptr:mail.test -all",
      { "10.2.0.192.in-addr.arpa": { PTR: ["out.mail.test"] }, "out.mail.test": { A: ["192.0.2.10"] } },
      "pass",
    ],
    [
      "ptr that does not lead back",
      "v=spf1 ptr:mail.test -all",
      { "10.2.0.192.in-addr.arpa": { PTR: ["out.mail.test"] }, "out.mail.test": { A: ["192.0.2.99"] } },
      "fail",
    ],
    ["unknown modifiers", "v=spf1 x-made=up ip4:192.0.2.10 exp=why.%{d} -all", {}, "pass"],
  ])("%s", async (_name, record, zone, result) => {
    expect(await judged(record, zone)).toMatchObject({ result, record });
  });

  test("IPv6", async () => {
    expect(await judged("v=spf1 ip6:2001:db8::/32 -all", {}, "2001:db8::25")).toMatchObject({ result: "pass" });
    expect(await judged("v=spf1 ip4:192.0.2.0/24 -all", {}, "2001:db8::25")).toMatchObject({ result: "fail" });
    const names = { "mail.test": { AAAA: ["2001:db8::25"] } };
    expect(await judged("v=spf1 a//64 -all", names, "2001:db8::1")).toMatchObject({ result: "pass" });
  });

  test.each<[string, string | string[], DnsZone, RegExp]>([
    ["a wrong term behind one that matches", "v=spf1 ip4:192.0.2.10 ipv4:1.2.3.4 -all", {}, /wrong term: ipv4:1.2.3.4/],
    ["a wrong address", "v=spf1 ip4:192.0.2.300", {}, /wrong term/],
    ["a wrong length of a network", "v=spf1 ip4:192.0.2.0/33", {}, /wrong term/],
    ["redirect twice", "v=spf1 redirect=a.test redirect=b.test", {}, /wrong term: redirect=b.test/],
    ["two records", ["v=spf1 -all", "v=spf1 +all"], {}, /2 SPF records/],
    ["an include without a record", "v=spf1 include:none.test -all", {}, /none.test: that domain has no SPF/],
    ["a redirect without a record", "v=spf1 redirect=none.test", {}, /redirects to none.test/],
    ["three names that do not exist", "v=spf1 a:x.test a:y.test a:z.test -all", {}, /more than 2 of its names/],
  ])("permerror for %s", async (_name, record, zone, because) => {
    expect(await judged(record, zone)).toMatchObject({ result: "permerror", because: expect.stringMatching(because) });
  });

  test("ten lookups are allowed and an eleventh is a permerror, also where they are nested", async () => {
    const zone: Record<string, DnsZone[string]> = {};
    for (let n = 1; n <= 12; n++) zone[`n${n}.test`] = { TXT: [`v=spf1 include:n${n + 1}.test -all`] };
    zone["n10.test"] = { TXT: ["v=spf1 ip4:192.0.2.10 -all"] };
    expect(await judged("v=spf1 include:n1.test -all", zone)).toMatchObject({ result: "pass", lookups: 10 });
    zone["n10.test"] = { TXT: ["v=spf1 a:n1.test ip4:192.0.2.10 -all"] };
    expect(await judged("v=spf1 include:n1.test -all", zone)).toMatchObject({
      result: "permerror",
      because: "it takes more than 10 DNS lookups; a:n1.test is one too many",
    });
  });

  test("a record that includes itself ends", async () => {
    expect(await judged("v=spf1 include:mail.test -all")).toMatchObject({ result: "permerror", lookups: 11 });
  });

  test("a DNS server that fails is a temperror, and no record is none", async () => {
    server.use({ "mail.test": { fault: "servfail" } });
    const asked = { ip, sender: "x@mail.test", helo: "relay.test" };
    expect(await checkSpf(dns, asked)).toMatchObject({ result: "temperror" });
    server.use({ "mail.test": { TXT: ["google-site-verification=1", "v=spf10 -all"] } });
    expect(await checkSpf(dns, asked)).toMatchObject({ result: "none" });
    server.use({});
    expect(await checkSpf(dns, asked)).toMatchObject({ result: "none" });
  });

  test("a record of several strings is read as one", async () => {
    const networks = Array.from({ length: 30 }, (_, n) => `ip4:198.51.100.${n}`).join(" ");
    expect(await judged(`v=spf1 ${networks} ip4:192.0.2.10 -all`)).toMatchObject({ result: "pass" });
  });
});

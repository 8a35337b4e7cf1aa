import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DnsZone, type LocalDns, startDns } from "../../../../infra/local/dns.ts";
import { checkDomain, type DomainToCheck } from "./checkDomain.ts";
import { mailDns } from "./mailDns.ts";

let dns: LocalDns;
beforeAll(async () => {
  dns = await startDns();
});
afterAll(() => dns?.[Symbol.asyncDispose]());

const address = "203.0.113.5";
const good: DnsZone = {
  "mail.test": { TXT: ["v=spf1 ip4:203.0.113.0/24 -all"] },
  "_dmarc.mail.test": { TXT: ["v=DMARC1; p=quarantine; rua=mailto:x@mail.test"] },
  "5.113.0.203.in-addr.arpa": { PTR: ["out.mail.test"] },
  "out.mail.test": { A: [address] },
};

async function lines(zone: DnsZone, fields: Partial<DomainToCheck> = {}): Promise<Record<string, AccountLine>> {
  dns.use(zone);
  const found: Record<string, AccountLine> = {};
  const of = {
    ...{ access: { host: "smtp.mail.test" }, addresses: [address], fromDomain: "mail.test" },
    ...{ envelopeFrom: "bounces@mail.test", signer: { domain: "mail.test" }, providerSigns: false },
    ...fields,
  };
  for await (const line of checkDomain(mailDns(dns.address), of)) found[line.id] = line;
  return found;
}

describe("acceptance 118: the domains of an account, as a server with a public address sees them", () => {
  test("all that receivers look at passes", async () => {
    const found = await lines(good);
    expect(Object.values(found).map(({ id, verdict }) => [id, verdict])).toEqual([
      ["spf", "pass"],
      ["dmarc", "pass"],
      ["alignment", "pass"],
      ["ptr", "pass"],
    ]);
    expect(found["spf"]?.text).toContain("ip4:203.0.113.0/24 of mail.test matches");
  });

  type Case = [string, string, AccountLine["verdict"], RegExp, DnsZone, Partial<DomainToCheck>?];
  const spf = (record: string) => ({ ...good, "mail.test": { TXT: [record] } });
  const dmarc = (...records: string[]) => ({ ...good, "_dmarc.mail.test": { TXT: records } });
  const cases: Case[] = [
    ["another address", "spf", "warn", /does not include the address/, spf("v=spf1 ip4:198.51.100.1 -all")],
    [
      "one of two addresses",
      "spf",
      "warn",
      /does not include/,
      spf("v=spf1 ip4:203.0.113.5 -all"),
      { addresses: [address, "203.0.113.6"] },
    ],
    ["no mail at all", "spf", "fail", /no mail at all/, spf("v=spf1 -all")],
    ["everyone", "spf", "warn", /allows everyone/, spf("v=spf1 +all")],
    ["a wrong term", "spf", "fail", /wrong term: ip:203/, spf("v=spf1 ip:203.0.113.5 -all")],
    ["DNS that fails", "spf", "unchecked", /SERVFAIL/, { ...good, "mail.test": { fault: "servfail" } }],
    ["no record", "dmarc", "warn", /no DMARC record/, { ...good, "_dmarc.mail.test": {} }],
    ["two records", "dmarc", "fail", /2 DMARC records/, dmarc("v=DMARC1; p=none", "v=DMARC1; p=reject")],
    ["no policy", "dmarc", "fail", /p= must be/, dmarc("v=DMARC1; p=maybe")],
    [
      "the policy behind another tag",
      "dmarc",
      "fail",
      /p= must follow/,
      dmarc("v=DMARC1; rua=mailto:x@mail.test; p=none"),
    ],
    [
      "that of the organisation",
      "dmarc",
      "pass",
      /Policy none at _dmarc.mail.test, which holds/,
      dmarc("v=DMARC1; p=reject; sp=none"),
      { fromDomain: "news.mail.test" },
    ],
    ["no reports", "dmarc", "pass", /no address for reports/, dmarc("v=DMARC1; p=none")],
    [
      "a signature of another domain",
      "alignment",
      "warn",
      /signs for esp.test, which does not fit/,
      good,
      { signer: { domain: "esp.test" } },
    ],
    ["an envelope of another domain", "alignment", "pass", /DKIM is enough/, good, { envelopeFrom: "b@esp.test" }],
    ["a domain below, relaxed", "alignment", "pass", /fits.*fits/, good, { fromDomain: "news.mail.test" }],
    [
      "a domain below, strict",
      "alignment",
      "fail",
      /So the mails fail DMARC/,
      dmarc("v=DMARC1; p=reject; adkim=s; aspf=s"),
      { fromDomain: "news.mail.test" },
    ],
    ["neither", "alignment", "fail", /DKIM is missing/, good, { signer: {}, envelopeFrom: "b@esp.test" }],
    [
      "a provider that signs",
      "alignment",
      "unchecked",
      /dmarc=pass/,
      good,
      { signer: {}, providerSigns: true, envelopeFrom: "b@esp.test" },
    ],
    [
      "domains of a public suffix",
      "alignment",
      "fail",
      /does not fit/,
      good,
      { fromDomain: "one.co.uk", signer: { domain: "two.co.uk" }, envelopeFrom: "b@esp.test" },
    ],
    ["no name", "ptr", "fail", /has no name/, { ...good, "5.113.0.203.in-addr.arpa": {} }],
    [
      "a name that does not lead back",
      "ptr",
      "fail",
      /does not lead back/,
      { ...good, "out.mail.test": { A: ["203.0.113.9"] } },
    ],
    ["a provider's own addresses", "ptr", "unchecked", /addresses of its own/, spf("v=spf1 ip4:198.51.100.1 -all")],
    [
      "a private relay",
      "ptr",
      "unchecked",
      /private network/,
      good,
      { access: { host: "10.0.0.1" }, addresses: ["10.0.0.1"] },
    ],
  ];
  test.each(cases)("%s: %s %s", async (_name, id, verdict, text, zone, fields) => {
    expect((await lines(zone, fields))[id]).toMatchObject({ verdict, text: expect.stringMatching(text) });
  });
});

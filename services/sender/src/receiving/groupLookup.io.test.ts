import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDns, startDns } from "../../../../infra/local/dns.ts";
import { mailDns } from "../accountCheck/mailDns.ts";
import { groupLookup } from "./groupLookup.ts";

let dns: LocalDns;
beforeAll(async () => {
  dns = await startDns({
    "club.test": { MX: ["10 alt1.aspmx.l.google.com", "1 aspmx.l.google.com"] },
    "verein.test": { MX: ["10 mx1.mail.hoster.example"] },
    "other.test": { MX: ["10 mx9.hoster.example"] },
    "broken.test": { fault: "servfail" },
    "silent.test": { fault: "silence" },
    "xn--mnchen-3ya.test": { MX: ["5 muc.mail.protection.outlook.com"] },
  });
});
afterAll(() => dns?.[Symbol.asyncDispose]());

test("a domain belongs to the group of its mail servers, and domains of one hoster to one group", async () => {
  const { of } = groupLookup(mailDns(dns.address), systemClock);
  const addresses = ["a@club.test", "b@Verein.test", "c@other.test", "d@münchen.test", "e@none.test", "f@gmail.com"];
  expect(await of(addresses)).toEqual([
    "google",
    "hoster.example",
    "hoster.example",
    "microsoft",
    "none.test",
    "google",
  ]);
  expect(dns.asked).not.toContain("MX gmail.com");
});

test("a domain is asked for once, also by many mails at a time, and a known one not at all", async () => {
  const { of, prepare } = groupLookup(mailDns(dns.address), systemClock);
  const before = dns.asked.length;
  prepare(["a@club.test", "b@club.test"]);
  await Promise.all(Array.from({ length: 20 }, (_, n) => of([`p${n}@club.test`, `q${n}@verein.test`])));
  await of(["z@club.test"]);
  expect(dns.asked.slice(before).sort()).toEqual(["MX club.test", "MX verein.test"]);
});

test("DNS that fails or does not respond delays a mail for a moment only, and its domain is a group of its own", async () => {
  const { of } = groupLookup(mailDns(dns.address), systemClock, 100);
  const began = performance.now();
  expect(await of(["a@broken.test", "b@silent.test"])).toEqual(["broken.test", "silent.test"]);
  expect(performance.now() - began).toBeLessThan(2000);
});

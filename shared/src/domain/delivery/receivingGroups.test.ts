import { expect, test } from "vitest";
import {
  eachOtherGroup,
  groupOfDomain,
  groupOfServer,
  groupTitle,
  receivingGroups,
  receivingLimit,
} from "./receivingGroups.ts";

test.each([
  ["aspmx.l.google.com", "google"],
  ["ALT2.ASPMX.L.GOOGLE.COM.", "google"],
  ["smtp.google.com", "google"],
  ["contoso-com.mail.protection.outlook.com", "microsoft"],
  ["hotmail-com.olc.protection.outlook.com", "microsoft"],
  ["contoso-com.a-v1.mx.microsoft", "microsoft"],
  ["mta5.am0.yahoodns.net", "yahoo"],
  ["mx01.mail.icloud.com", "icloud"],
  ["mx00.emig.gmx.net", "unitedinternet"],
  ["mx01.kundenserver.de", "ionos"],
  ["eu-smtp-inbound-1.mimecast.com", "mimecast"],
  ["mxa-00123456.gslb.pphosted.com", "proofpoint"],
  ["smtp-in.orange.fr", "orange"],
])("the mail server %s belongs to %s", (server, group) => {
  expect(groupOfServer(server)).toBe(group);
});

// The servers that accept mail of signed-in senders are no receivers.
test.each(["smtp.gmail.com", "smtp-relay.gmail.com", "smtp.office365.com", "mail.example.org", "xyahoodns.net"])(
  "the mail server %s belongs to no large receiver",
  (server) => {
    expect(groupOfServer(server)).toBeUndefined();
  },
);

test("a well-known domain needs no lookup, whatever its case", () => {
  expect(groupOfDomain("GMail.com")).toBe("google");
  expect(groupOfDomain("aol.com")).toBe("yahoo");
  expect(groupOfDomain("example.org")).toBeUndefined();
});

test("no domain and no server is in two groups, and no group is named as a domain is", () => {
  const all = Object.values(receivingGroups).flatMap(({ domains, servers }) => [...domains, ...servers]);
  expect(all.filter((one, n) => all.indexOf(one) !== n)).toEqual([]);
  expect(Object.keys(receivingGroups).filter((group) => group.includes(".") || group === eachOtherGroup)).toEqual([]);
});

test("a group has its own limit, else that of each other domain", () => {
  const limits = { google: { ratePerSecond: 5 }, other: { ratePerSecond: 1 } };
  expect(receivingLimit(limits, "google")).toBe(5);
  expect(receivingLimit(limits, "example.org")).toBe(1);
  expect(receivingLimit({ google: { ratePerSecond: 5 } }, "example.org")).toBeUndefined();
  expect([groupTitle("yahoo"), groupTitle("example.org")]).toEqual(["Yahoo and AOL", "example.org"]);
});

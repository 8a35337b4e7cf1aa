import { expect, test } from "vitest";
import { lostPasswords } from "./accountServer.ts";
import { mergeItem } from "./mergeItem.ts";

const mailbox = { host: "imap.example.org", port: 993, security: "tls", username: "bounces", folder: "INBOX" };
const stored = { enabled: true, bounceMailbox: { ...mailbox, password: "of-imap-example-org" } };

test("the password of a bounce mailbox stays while server and user do", () => {
  const entered = { enabled: true, bounceMailbox: { ...mailbox, folder: "Returned" } };
  const after = mergeItem("account", "news", entered, stored);
  expect(after["bounceMailbox"]).toEqual({ ...mailbox, folder: "Returned", password: "of-imap-example-org" });
  expect(lostPasswords(stored, entered, after)).toEqual([]);
});

test.each([
  ["host", { host: "imap.evil.example" }],
  ["user", { username: "someone" }],
  ["encryption", { security: "none" }],
])("the password of a bounce mailbox is not sent to another %s", (_, change) => {
  const entered = { enabled: true, bounceMailbox: { ...mailbox, ...change } };
  const after = mergeItem("account", "news", entered, stored);
  expect(JSON.stringify(after)).not.toContain("of-imap-example-org");
  expect(lostPasswords(stored, entered, after)).toEqual(["bounceMailbox.password"]);
});

test("a password that is entered with the new server is the one that is stored", () => {
  const entered = { bounceMailbox: { ...mailbox, host: "imap.new.example", password: "new" } };
  const after = mergeItem("account", "news", entered, stored);
  expect(after["bounceMailbox"]).toMatchObject({ host: "imap.new.example", password: "new" });
  expect(lostPasswords(stored, entered, after)).toEqual([]);
});

test("a bounce mailbox that is removed takes its password with it, and nothing is asked for", () => {
  const after = mergeItem("account", "news", { enabled: true }, stored);
  expect(after["bounceMailbox"]).toBeUndefined();
  expect(lostPasswords(stored, { enabled: true }, after)).toEqual([]);
});

test("the password of the mail server is judged on its own", () => {
  const both = { host: "smtp.example.org", username: "news", password: "smtp", ...stored };
  const entered = { host: "smtp.other.example", username: "news", bounceMailbox: mailbox };
  const after = mergeItem("account", "news", entered, both);
  expect(after["password"]).toBeUndefined();
  expect(after["bounceMailbox"]).toMatchObject({ password: "of-imap-example-org" });
  expect(lostPasswords(both, entered, after)).toEqual(["password"]);
});

import { accountSchema } from "@email-agent/shared/domain/account.ts";
import { isPrivateHost } from "@email-agent/shared/domain/delivery/privateHosts.ts";
import { describe, expect, test } from "vitest";
import { accountAccess } from "./credentials.ts";

const config = {
  EMAIL_HOST: "smtp.example.com",
  EMAIL_PORT: 587,
  EMAIL_USERNAME: "",
  EMAIL_PASSWORD: "",
  EMAIL_FROM: "noreply@example.com",
  MAILCHIMP_REPLY_TO: "replies@example.com",
};
const defaults = { ...config, EMAIL_USERNAME: "default", EMAIL_PASSWORD: "default password" };
const store: Record<string, string> = {
  plain: "secret one",
  both: JSON.stringify({ username: "from-secret", password: "secret two" }),
  brace: "{not json",
};
const secrets = { get: (arn: string) => Promise.resolve(store[arn] ?? "") };
const account = (fields: object = {}) => accountSchema.parse({ name: "office", ...fields });
const accessTo = (fields: object = {}, own = config) => accountAccess(secrets, own, account(fields));

describe("the access to an account", () => {
  test.each([
    ["its own password", { username: "u", password: "p" }, { username: "u", password: "p" }],
    ["a secret holding the password", { username: "u", secretArn: "plain" }, { username: "u", password: "secret one" }],
    ["a secret before a password", { username: "u", password: "p", secretArn: "plain" }, { password: "secret one" }],
    ["a secret holding both", { secretArn: "both" }, { username: "from-secret", password: "secret two" }],
    ["a password that begins with a brace", { username: "u", secretArn: "brace" }, { password: "{not json" }],
    ["the default login", {}, { username: "default", password: "default password" }],
    ["the default login at its own host", { host: "SMTP.example.com" }, { username: "default" }],
  ])("signs in with %s", async (_name, fields, login) => {
    expect(await accessTo(fields, defaults)).toMatchObject({
      ...{ host: expect.stringMatching(/^smtp\.example\.com$/i), port: 587 },
      ...login,
    });
  });

  test("the default login is sent to no other host", async () => {
    const failing = accessTo({ host: "smtp.evil.example" }, defaults);
    await expect(failing).rejects.toThrow(/EMAIL_PASSWORD are for smtp.example.com only/);
    const access = await accessTo({ host: "127.0.0.1", security: "none" }, defaults);
    expect(access).toEqual({ host: "127.0.0.1", port: 587, security: "none" });
  });

  test("needs no credentials where the host is private, and its own host and port win", async () => {
    const access = await accessTo({ host: "127.0.0.1", port: 2525, security: "none" });
    expect(access).toEqual({ host: "127.0.0.1", port: 2525, security: "none" });
  });

  test.each([
    ["without credentials", account(), /EMAIL_USERNAME/],
    ["with half a login", account({ username: "u" }), /user name without password/],
    [
      "whose address would add a header",
      account({ fromAddress: "a@b.example\r\nBcc: x@y.example" }),
      /fromAddress "a@b/,
    ],
    ["without TLS to a public host", account({ security: "none", username: "u", password: "p" }), /security none/],
  ])("is a configuration error for an account %s", async (_name, given, text) => {
    const failing = accountAccess(secrets, config, given);
    await expect(failing).rejects.toMatchObject({ code: "configuration", disposition: "reject" });
    await expect(failing).rejects.toThrow(text);
  });
});

test("private hosts are this machine and its own network, by address or reserved name", () => {
  const own = ["localhost", "127.0.0.1", "10.1.2.3", "172.31.0.9", "192.168.1.1", "::1", "[::1]", "fd00::1", "inbox"];
  const reserved = ["relay.internal", "mail.local", "nas.home.arpa", "LOCALHOST.", "::ffff:10.0.0.1"];
  for (const host of [...own, ...reserved]) expect(isPrivateHost(host), host).toBe(true);
  const foreign = ["smtp.gmail.com", "8.8.8.8", "172.32.0.1", "11.0.0.1", "2001:db8::1", "local.example.com"];
  for (const host of foreign) expect(isPrivateHost(host), host).toBe(false);
});

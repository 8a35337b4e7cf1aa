import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:net";
import { type Account, accountSchema } from "@email-agent/shared/domain/account.ts";
import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { dkimRecordText } from "@email-agent/shared/domain/delivery/dkimRecord.ts";
import { loopbackCertificate } from "@email-agent/shared/testing/loopbackCertificate.ts";
import type { SMTPServerOptions } from "smtp-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type DnsZone, type LocalDns, startDns } from "../../../../infra/local/dns.ts";
import { freePort } from "../../../../infra/local/freePort.ts";
import { serve } from "../../testing/smtpBench.ts";
import { serveTls } from "../../testing/tlsServer.ts";
import { checkAccount } from "./checkAccount.ts";
import { type CheckLineId, checkLineIds } from "./checkLine.ts";

let dns: LocalDns;
beforeAll(async () => {
  dns = await startDns();
});
afterAll(() => dns?.[Symbol.asyncDispose]());

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherRsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");
const pem = (key: typeof rsa.privateKey) => key.export({ format: "pem", type: "pkcs8" }).toString();
const login = { username: "office", password: "right-word" };
const dkim = { domain: "mail.test", selector: "s1", privateKey: pem(rsa.privateKey) };
const keyName = "s1._domainkey.mail.test";
const goodZone: DnsZone = {
  "mail.test": { TXT: ["v=spf1 ip4:203.0.113.0/24 -all"] },
  [keyName]: { TXT: [dkimRecordText(rsa.publicKey)] },
  "_dmarc.mail.test": { TXT: ["v=DMARC1; p=reject; rua=mailto:dmarc@mail.test"] },
};

interface Circumstances {
  readonly zone?: DnsZone;
  readonly trusted?: boolean;
  readonly now?: string;
}

/** The whole report, by line. */
async function report(fields: Partial<Account>, circumstances: Circumstances = {}): Promise<Map<string, AccountLine>> {
  const { zone = goodZone, trusted = true, now = "2027-01-01" } = circumstances;
  dns.use(zone);
  const account = accountSchema.parse({
    name: "office",
    host: "127.0.0.1",
    fromAddress: "office@mail.test",
    ...fields,
  });
  const found = new Map<string, AccountLine>();
  const config = { EMAIL_HOST: "127.0.0.1", EMAIL_PORT: 25, EMAIL_USERNAME: "", EMAIL_PASSWORD: "" };
  const ask = {
    secrets: { get: () => Promise.reject(new Error("there are none")) },
    config: { ...config, EMAIL_FROM: "", MAILCHIMP_REPLY_TO: "", DNS_SERVERS: dns.address },
    ...{ now: Date.parse(now), signal: AbortSignal.timeout(20_000), connectionMilliseconds: 600 },
    ...(trusted && { trustedCertificates: loopbackCertificate }),
  };
  for await (const line of checkAccount(account, ask)) {
    expect(found.has(line.id)).toBe(false);
    found.set(line.id, line);
  }
  return found;
}

const signedIn: SMTPServerOptions = {
  authOptional: false,
  size: 10_000_000,
  onAuth: ({ username, password }, _session, done) =>
    username === login.username && password === login.password
      ? done(null, { user: "office" })
      : done(new Error("wrong")),
};
const good = async () => ({ ...login, dkim, port: await serveTls(signedIn), security: "starttls" as const });

type Case = [string, CheckLineId, AccountLine["verdict"], RegExp, () => Promise<Partial<Account>>, Circumstances?];
const cases: Case[] = [
  [
    "no user",
    "settings",
    "fail",
    /user name without password/,
    async () => ({ ...(await good()), password: undefined }),
  ],
  [
    "paused",
    "settings",
    "warn",
    /paused: \u2068holiday\u2069/,
    async () => ({ ...(await good()), paused: { by: "anna", at: "2026-01-01T00:00:00.000Z", reason: "holiday" } }),
  ],
  [
    "a host that does not exist",
    "host",
    "fail",
    /cannot be resolved/,
    async () => ({ ...login, host: "smtp.does-not-exist.invalid" }),
  ],
  [
    "a port that is closed",
    "connection",
    "fail",
    /refuses the connection/,
    async () => ({ ...login, port: await freePort() }),
  ],
  ["a server that is silent", "greeting", "fail", /silent/, async () => ({ security: "none", port: await silent() })],
  [
    "a server that turns us away",
    "greeting",
    "fail",
    /554 5.7.1 Blocked/,
    async () => ({
      security: "none",
      port: (await serve((phase) => (phase === "greeting" ? "554 5.7.1 Blocked" : undefined))).port,
    }),
  ],
  [
    "no encryption at home",
    "encryption",
    "pass",
    /private network/,
    async () => ({ security: "none", port: (await serve()).port }),
  ],
  ["no STARTTLS", "encryption", "fail", /no STARTTLS/, async () => ({ ...login, port: (await serve()).port })],
  [
    "TLS where the server speaks plainly",
    "encryption",
    "fail",
    /could not be set up/,
    async () => ({ ...login, security: "tls", port: (await serve()).port }),
  ],
  [
    "old TLS",
    "encryption",
    "fail",
    /TLSv1.1 at most/,
    async () => ({
      ...login,
      security: "tls",
      port: await serveTls({
        ...signedIn,
        secure: true,
        minVersion: "TLSv1",
        maxVersion: "TLSv1.1",
        ciphers: "DEFAULT@SECLEVEL=0",
      }),
    }),
  ],
  [
    "TLS from the first byte",
    "encryption",
    "pass",
    /^TLSv1.3\.$/,
    async () => ({ ...login, security: "tls", port: await serveTls({ ...signedIn, secure: true }) }),
  ],
  ["a certificate that no one vouches for", "certificate", "fail", /signed by itself/, good, { trusted: false }],
  [
    "a certificate for another name",
    "certificate",
    "fail",
    /for localhost, 127.0.0.1, and not for 127.0.0.2/,
    async () => ({ ...login, host: "127.0.0.2", port: await serveTls(signedIn, "127.0.0.2") }),
  ],
  ["a certificate that ends soon", "certificate", "warn", /: 5 days left/, good, { now: "2126-10-25" }],
  ["a certificate that has ended", "certificate", "fail", /ended on 2126-10-30/, good, { now: "2126-11-01" }],
  [
    "a wrong password",
    "sign-in",
    "fail",
    /refuses the user office/,
    async () => ({ ...(await good()), password: "wrong" }),
  ],
  [
    "a server that wants no sign-in",
    "sign-in",
    "warn",
    /offers no sign-in/,
    async () => ({ ...login, port: await serveTls({ disabledCommands: ["AUTH"] }) }),
  ],
  [
    "a server for small mails",
    "size",
    "warn",
    /2 MB; the largest of ours may have 2.9 MB/,
    async () => ({ ...login, port: await serveTls({ ...signedIn, size: 2 * 1024 * 1024 }) }),
  ],
  [
    "a server for tiny mails",
    "size",
    "fail",
    /takes mails of 100 KB/,
    async () => ({ ...login, port: await serveTls({ ...signedIn, size: 102_400 }) }),
  ],
  [
    "a server without a limit",
    "size",
    "pass",
    /no limit/,
    async () => ({ security: "none", port: (await serve()).port }),
  ],
  [
    "a sender that is refused",
    "mail-from",
    "fail",
    /refuses bounces@mail.test as sender.*not verified/,
    async () => ({
      envelopeFrom: "bounces@mail.test",
      security: "none",
      port: (await serve((phase) => (phase === "mail" ? "550 5.7.1 Address not verified" : undefined))).port,
    }),
  ],
  [
    "a key that is too short",
    "dkim-key",
    "fail",
    /2,048 to 4,096/,
    async () => ({
      ...(await good()),
      dkim: { ...dkim, privateKey: pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey) },
    }),
  ],
  [
    "a key that is none",
    "dkim-key",
    "fail",
    /not a private key/,
    async () => ({ ...(await good()), dkim: { ...dkim, privateKey: "hello" } }),
  ],
  [
    "an Ed25519 key",
    "dkim-key",
    "warn",
    /Many receivers/,
    async () => ({ ...(await good()), dkim: { ...dkim, privateKey: pem(ed25519.privateKey) } }),
  ],
  [
    "an Ed25519 record",
    "dkim-record",
    "pass",
    /that of the account/,
    async () => ({ ...(await good()), dkim: { ...dkim, privateKey: pem(ed25519.privateKey) } }),
    { zone: { ...goodZone, [keyName]: { TXT: [dkimRecordText(ed25519.publicKey)] } } },
  ],
  [
    "no DKIM record",
    "dkim-record",
    "fail",
    /no DKIM record at s1._domainkey.mail.test/,
    good,
    { zone: { ...goodZone, [keyName]: { TXT: ["something else"] } } },
  ],
  [
    "another public key",
    "dkim-record",
    "fail",
    /another public key/,
    good,
    { zone: { ...goodZone, [keyName]: { TXT: [dkimRecordText(otherRsa.publicKey)] } } },
  ],
  [
    "a key that was withdrawn",
    "dkim-record",
    "fail",
    /withdrawn/,
    good,
    { zone: { ...goodZone, [keyName]: { TXT: ["v=DKIM1; p="] } } },
  ],
  [
    "a record that is a test",
    "dkim-record",
    "warn",
    /t=y/,
    good,
    { zone: { ...goodZone, [keyName]: { TXT: [`${dkimRecordText(rsa.publicKey)}; t=y`] } } },
  ],
  [
    "DNS that fails",
    "dkim-record",
    "unchecked",
    /SERVFAIL/,
    good,
    { zone: { ...goodZone, [keyName]: { fault: "servfail" } } },
  ],
  [
    "a new key that is in DNS",
    "dkim-next",
    "pass",
    /s2._domainkey.mail.test is that/,
    async () => ({ ...(await good()), dkimNext: { ...dkim, selector: "s2", privateKey: pem(otherRsa.privateKey) } }),
    { zone: { ...goodZone, "s2._domainkey.mail.test": { TXT: [dkimRecordText(otherRsa.publicKey)] } } },
  ],
  [
    "a new key that is not in DNS",
    "dkim-next",
    "fail",
    /no DKIM record at s2/,
    async () => ({ ...(await good()), dkimNext: { ...dkim, selector: "s2" } }),
  ],
  ["no one who signs", "signing", "fail", /No one signs/, async () => ({ ...(await good()), dkim: undefined })],
  [
    "a provider that signs",
    "signing",
    "unchecked",
    /The provider signs/,
    async () => ({ ...(await good()), dkim: undefined, providerSigns: true }),
  ],
  [
    "no SPF record",
    "spf",
    "fail",
    /mail.test has no SPF record/,
    good,
    { zone: { ...goodZone, "mail.test": { TXT: ["other"] } } },
  ],
  [
    "a domain for examples",
    "spf",
    "unchecked",
    /reserved for examples/,
    async () => ({ ...(await good()), fromAddress: "news@example.org" }),
  ],
];

describe("acceptance 118: the account check says of each line whether it passes, and what repairs it", () => {
  test("a good account passes every line, in order", async () => {
    const found = await report(await good());
    const verdicts = Object.fromEntries(checkLineIds.map((id) => [id, found.get(id)?.verdict]));
    // It has neither a key that is to come nor a bounce mailbox.
    const { "dkim-next": _, "bounce-mailbox": __, ...others } = verdicts;
    expect([...found.keys()]).toEqual(checkLineIds.filter((id) => found.has(id)));
    expect(others).toEqual({
      ...Object.fromEntries(Object.keys(others).map((id) => [id, "pass"])),
      // A server in a private network: its public address is not known.
      ptr: "unchecked",
    });
    expect(
      [...found.values()].every(
        ({ verdict, repair }) => (verdict === "pass") === (repair === undefined) || verdict === "unchecked",
      ),
    ).toBe(true);
    expect(JSON.stringify([...found.values()])).not.toMatch(/right-word|PRIVATE/);
  });

  test.each(cases)("%s: %s %s", async (_name, id, verdict, text, fields, circumstances) => {
    const found = await report(await fields(), circumstances);
    expect(found.get(id)).toMatchObject({ verdict, text: expect.stringMatching(text) });
    if (verdict === "warn" || verdict === "fail") expect(found.get(id)?.repair).toMatch(/\w{4,}.*[.…]$|…/);
    // The password goes nowhere while a line before the sign-in fails.
    expect(JSON.stringify([...found.values()])).not.toMatch(/right-word|PRIVATE/);
  });

  test("no password is sent to a server whose certificate or encryption fails", async () => {
    const seen: string[] = [];
    const onAuth: SMTPServerOptions["onAuth"] = ({ username = "" }, _session, done) => {
      seen.push(username);
      done(new Error("no"));
    };
    const found = await report({ ...login, port: await serveTls({ onAuth }) }, { trusted: false });
    expect(found.get("certificate")?.verdict).toBe("fail");
    expect(found.get("sign-in")).toMatchObject({ verdict: "unchecked", text: expect.stringContaining("no password") });
    const plain = await serve(undefined, { extensions: ["AUTH PLAIN LOGIN"] });
    await report({ ...login, port: plain.port });
    expect(seen).toEqual([]);
    expect(plain.sessions.flat().some((line) => /^AUTH/.test(line))).toBe(false);
  });
});

async function silent(): Promise<number> {
  const port = await freePort();
  const server = createServer(() => {});
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return port;
}

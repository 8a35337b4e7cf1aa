import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { accountSchema } from "@email-agent/shared/domain/account.ts";
import { type MessageSource, message } from "@email-agent/shared/domain/delivery/message.ts";
import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, onTestFinished, test } from "vitest";
import { scriptedServer } from "../../testing/scriptedServer.ts";
import { accountAccess } from "./credentials.ts";
import { openMailer } from "./mailer.ts";
import { quotedPrintable } from "./quotedPrintable.ts";

const config = {
  EMAIL_FROM: "noreply@example.com",
  PUBLIC_TOKEN_SECRET: "a-secret-of-the-tests-only",
  MAILCHIMP_REPLY_TO: "replies@example.com",
  EMAIL_HOST: "127.0.0.1",
  EMAIL_PORT: 25,
  EMAIL_USERNAME: "",
  EMAIL_PASSWORD: "",
};
const unsubscribeUrl = "https://mail.example.org/u/eyJwIjoicC0xIn0.c2lnbmF0dXJl";

type SourceFields = Partial<Omit<MessageSource, "account">> & { account?: Record<string, unknown> };

function source({ account, ...fields }: SourceFields = {}): MessageSource {
  return {
    account: accountSchema.parse({
      name: "office",
      fromName: "Büro Zürich",
      fromAddress: "office@example.com",
      replyTo: "help@example.com",
      envelopeFrom: "bounces@example.com",
      unsubscribeMailto: "leave@example.com",
      listId: "lists.example.com",
      security: "none",
      ...account,
    }),
    order: { eventCode: "E2026", stage: "reg" },
    mailingKey: "E2026_weekend_reg_EN",
    runId: "01RUN",
    isTest: false,
    participant: { id: "p-1", first: "José", last: "O'Neill" },
    email: "jose@example.org",
    rendered: {
      subject: "Anmeldung ist eröffnet – 报名开始了",
      html: `<p>Grüße, José &amp; Co</p>\n<p>${"A long line of the same text. ".repeat(60)}</p>`,
      text: "Grüße, José & Co  \n\nfin",
    },
    unsubscribeUrl,
    ...fields,
  };
}

/** Sends over the wire and returns the bytes as the server took them. */
async function received(from: MessageSource, times = 1): Promise<string[]> {
  const server = await scriptedServer();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const unknown = { get: () => Promise.reject(new Error("no secrets here")) };
  const access = await accountAccess(unknown, { ...config, EMAIL_PORT: server.port }, from.account);
  await using mailer = openMailer(from.account, access);
  for (let n = 0; n < times; n++) expect(await mailer.send(message(from, config))).toMatchObject({ code: 250 });
  return server.messages;
}

/** Header fields of a raw message, unfolded, first of each name. */
function headersOf(raw: string): Map<string, string> {
  const lines = raw
    .slice(0, raw.indexOf("\r\n\r\n"))
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
}

describe("acceptance 25: the message as the server receives it", () => {
  test("has every header and a text part beside the HTML, in quoted-printable UTF-8 with short lines", async () => {
    const [raw = ""] = await received(source({ account: { providerSigns: true } }));
    const headers = headersOf(raw);
    expect(Object.fromEntries(headers)).toMatchObject({
      From: "=?UTF-8?Q?B=C3=BCro_Z=C3=BCrich?= <office@example.com>",
      "Reply-To": "help@example.com",
      "MIME-Version": "1.0",
      "List-Unsubscribe": `<${unsubscribeUrl}>, <mailto:leave@example.com>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "List-ID": "<E2026.lists.example.com>",
      "Feedback-ID": "E2026_weekend_reg_EN:office:reg:email-agent",
      "X-Email-Agent-Mailing": "E2026_weekend_reg_EN",
      "X-Email-Agent-Run": "01RUN",
    });
    expect(headers.get("Message-ID")).toMatch(/^<[\w-]+\.[\w-]{22}@example\.com>$/);
    expect(Math.abs(Date.parse(headers.get("Date") ?? "") - Date.now())).toBeLessThan(60_000);
    expect([...headers.keys()].filter((name) => /^(auto-submitted|precedence|x-mailer|x-auto)/i.test(name))).toEqual(
      [],
    );
    const lines = raw.split("\r\n");
    // A Message-ID is not folded: it has no blank inside.
    const folded = lines.filter((line) => !line.startsWith("Message-ID: <"));
    expect(folded).toHaveLength(lines.length - 1);
    expect(Math.max(...folded.map((line) => line.length))).toBeLessThanOrEqual(76);
    expect(raw).toMatch(/^[\t\r\n -~]*$/);

    const parsed = await PostalMime.parse(raw);
    expect(parsed.subject).toBe("Anmeldung ist eröffnet – 报名开始了");
    expect(parsed.to).toEqual([{ name: "José O'Neill", address: "jose@example.org" }]);
    expect(parsed.text?.trimEnd()).toBe("Grüße, José & Co  \n\nfin");
    expect(parsed.html?.trimEnd()).toBe(source().rendered.html);
    expect(lines.filter((line) => /^Content-Type/.test(line))).toEqual([
      expect.stringContaining("multipart/alternative"),
      "Content-Type: text/plain; charset=utf-8",
      "Content-Type: text/html; charset=utf-8",
    ]);
  });

  test("has the same Message-ID on a repeated attempt", async () => {
    const [first, second] = (await received(source(), 2)).map((raw) => headersOf(raw).get("Message-ID"));
    expect(first).toMatch(/^<[\w-]+\.[\w-]{22}@example\.com>$/);
    expect(second).toBe(first);
  });
});

describe("acceptance 23: a value never becomes a header", () => {
  test.each([
    'Ana "the best" <x@evil.example>, other@example.org',
    "Ana\r\nBcc: everybody@example.org",
    "=?utf-8?Q?Ana=0D=0ABcc:_x@example.org?=",
    "Ana\u0000\u0007\u2028Bcc: x@example.org",
    "日本語の名前がとても長いときにも一つの宛先のままであること日本語の名前がとても長いときにも",
    `One word of ${"x".repeat(1500)}`,
  ])("name and subject %j", async (text) => {
    const fields = {
      participant: { id: "p-1", first: text },
      rendered: { subject: text, html: "<p>x</p>", text: "x" },
    };
    const [raw = ""] = await received(source(fields));
    const parsed = await PostalMime.parse(raw);
    const plain = text.replace(/[\p{Cc}\u2028]+/gu, " ");
    expect(parsed.subject).toBe(plain);
    expect(parsed.to).toEqual([{ name: plain, address: "jose@example.org" }]);
    expect(parsed.bcc ?? []).toEqual([]);
    expect(Math.max(...raw.split("\r\n").map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(998);
  });

  test("a byte order mark in a subject, which readers lose at the start of an encoded word, is left out", async () => {
    const subject = `${"é".repeat(17)}\ufeff${"\ufeffé".repeat(40)}`;
    const [raw = ""] = await received(source({ rendered: { subject, html: "<p>x</p>", text: "x" } }));
    const parsed = await PostalMime.parse(raw);
    expect(parsed.subject).toBe("é".repeat(57));
    expect(Buffer.from(raw).includes("=EF=BB=BF")).toBe(false);
  });

  test("an international domain of the sender is in no header as it is typed", async () => {
    const account = { fromAddress: "office@bücher.example", listId: undefined, replyTo: "help@bücher.example" };
    const [raw = ""] = await received(source({ account }));
    expect(raw).toMatch(/^[\t\r\n -~]*$/);
    const headers = headersOf(raw);
    expect(headers.get("Message-ID")).toMatch(/@xn--bcher-kva\.example>$/);
    expect(headers.get("List-ID")).toBe("<E2026.xn--bcher-kva.example>");
  });

  test("an international domain goes out in its ASCII form", async () => {
    const [raw = ""] = await received(source({ email: "ana@bücher.example" }));
    expect(headersOf(raw).get("To")).toContain("<ana@xn--bcher-kva.example>");
  });
});

test("quoted-printable keeps every text, in lines of at most 76 characters that never end in a blank", async () => {
  const anyText = fc.string({
    unit: fc.oneof(fc.constantFrom(" ", "\t", "=", "\n", "\r\n", ".", "ü", "報"), fc.string()),
  });
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const encoded = quotedPrintable(text).toString("latin1");
      for (const line of encoded.split("\r\n")) expect(line).toMatch(/^([\t -~]{0,75}[!-~])?$/);
      const head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
      const { text: decoded = "" } = await PostalMime.parse(`${head}${encoded}`);
      const expected = Buffer.from(text, "utf8")
        .toString("utf8")
        .replace(/\r\n?|\n/g, "\n");
      expect(decoded.replace(/\n$/, "")).toBe(expected.replace(/\n$/, ""));
    }),
    { numRuns: 300 },
  );
});

describe("acceptance 25: DKIM", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const ed25519 = generateKeyPairSync("ed25519").privateKey;
  const pem = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();

  test.each([
    ["rsa-sha256", rsa],
    ["ed25519-sha256", ed25519],
  ])("%s verifies over the received bytes and covers what it must", async (algorithm, key) => {
    const dkim = { domain: "example.com", selector: "mail", privateKey: pem(key) };
    const [raw = ""] = await received(source({ account: { dkim } }));
    const signature = verified(raw, createPublicKey(key));
    expect(signature).toMatchObject({ a: algorithm, c: "relaxed/relaxed", d: "example.com", s: "mail", isValid: true });
    const must = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type"];
    const lists = ["List-Unsubscribe", "List-Unsubscribe-Post", "List-ID", "Feedback-ID"];
    expect(signature.h.split(":")).toEqual(
      expect.arrayContaining([...must, ...lists].map((name) => name.toLowerCase())),
    );
    expect(verified(raw.replace("One-Click", "One-Clack"), createPublicKey(key)).isValid).toBe(false);
    expect(verified(raw.replace("A long line", "A wrong line"), createPublicKey(key)).isValid).toBe(false);
  });

  test.each([
    ["From", "Boss <boss@evil.example>"],
    ["To", "other@example.org"],
    ["Cc", "other@example.org"],
    ["Subject", "Pay at once"],
    ["Reply-To", "boss@evil.example"],
    ["Date", "Mon, 01 Jan 2024 00:00:00 +0000"],
    ["Message-ID", "<other@evil.example>"],
    ["List-Unsubscribe", "<https://evil.example/>"],
    ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"],
    ["MIME-Version", "1.0"],
    ["Content-Type", "text/html"],
    ["Content-Transfer-Encoding", "base64"],
  ])("acceptance 93: a second %s before or behind the others breaks the signature", async (name, value) => {
    const privateKey = pem(rsa);
    const [raw = ""] = await received(
      source({ account: { dkim: { domain: "example.com", selector: "s", privateKey } } }),
    );
    const key = createPublicKey(rsa);
    expect(verified(raw, key).isValid).toBe(true);
    expect(verified(`${name}: ${value}\r\n${raw}`, key).isValid).toBe(false);
    expect(verified(raw.replace("\r\n\r\n", `\r\n${name}: ${value}\r\n\r\n`), key).isValid).toBe(false);
  });

  test("acceptance 93: a key that is none, or too weak, is a configuration error that does not show it", async () => {
    const weak = pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey);
    const almost = pem(generateKeyPairSync("rsa", { modulusLength: 2040 }).privateKey);
    const otherKind = pem(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
    const none = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----";
    for (const privateKey of [none, weak, almost, otherKind]) {
      const { account } = source({ account: { dkim: { domain: "example.com", selector: "s", privateKey } } });
      const failing = accountAccess({ get: () => Promise.reject(new Error("none")) }, config, account);
      await expect(failing).rejects.toMatchObject({
        code: "configuration",
        message: expect.stringContaining("office"),
      });
      await expect(failing).rejects.not.toMatchObject({ message: expect.stringContaining("c2VjcmV0") });
    }
  });
});

/** A verifier by the letter of RFC 6376 and RFC 8463, apart from the signer: over text, with expressions. */
function verified(raw: string, key: KeyObject) {
  const border = raw.indexOf("\r\n\r\n");
  const fields = raw.slice(0, border).split(/\r\n(?![ \t])/);
  const relaxed = (field: string) =>
    field
      .replace(/^([^:]*?)\s*:\s*/, (_, name: string) => `${name.toLowerCase()}:`)
      .replace(/\r\n/g, "")
      .replace(/[ \t]+/g, " ")
      .trimEnd();
  const dkim = fields.find((field) => /^DKIM-Signature:/i.test(field)) ?? "";
  const tags = Object.fromEntries(
    dkim
      .replace(/^[^:]*:/, "")
      .split(";")
      .map((tag) => {
        const [name = "", ...value] = tag.split("=");
        return [name.trim(), value.join("=").replace(/\s+/g, "")];
      }),
  );
  const body = raw
    .slice(border + 4)
    .replace(/[ \t]+/g, " ")
    .replace(/ \r\n/g, "\r\n")
    .replace(/(\r\n)*$/, "\r\n");
  const bodyMatches = createHash("sha256").update(body, "latin1").digest("base64") === tags["bh"];
  const h = tags["h"] ?? "";
  // RFC 6376 5.4.2: each mention of a name takes the next field of that name from the bottom up, or nothing.
  const left = [...fields];
  const covered = h.split(":").map((name) => {
    const at = left.findLastIndex((field) => field.toLowerCase().startsWith(`${name}:`));
    return at === -1 ? "" : `${relaxed(left.splice(at, 1)[0] ?? "")}\r\n`;
  });
  const text = Buffer.from(covered.join("") + relaxed(dkim.replace(/(\bb=)[^;]*$/, "$1")), "latin1");
  const signature = Buffer.from(tags["b"] ?? "", "base64");
  const isSigned =
    tags["a"] === "ed25519-sha256"
      ? verify(null, createHash("sha256").update(text).digest(), key, signature)
      : verify("sha256", text, key, signature);
  return { ...tags, h, isValid: bodyMatches && isSigned };
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openLog, withLogContext } from "./log.ts";

function lines() {
  const written: string[] = [];
  return { written, write: (line: string) => void written.push(line) };
}

/** The line that a log writes about `fields`, as text and as JSON. */
function logged(fields: Record<string, unknown>, message = "something happened") {
  const sink = lines();
  openLog("sender", "info", sink).error(fields, message);
  const [text = ""] = sink.written;
  return { text, line: JSON.parse(text) as Record<string, unknown> };
}

test("no address, ticket or secret reaches a line, from any place", () => {
  const cause = new Error("550 5.1.1 <åsa.o'neil+x@mail.example.org> unknown");
  const { text } = logged(
    { error: new Error("refused anna@example.org", { cause }), password: "p4ss", nested: { apiKey: "k3y" } },
    "to bob@example.com, wss://x/live?ticket=abc.def&y=1",
  );
  expect(text).not.toMatch(/anna@|bob@|neil\+x|p4ss|k3y|abc\.def/);
  expect(text).toContain("…@example.com");
  expect(text).toContain("550 5.1.1");
});

test("the context rides along over awaits and nests", async () => {
  const sink = lines();
  const log = openLog("ingest", "info", sink);
  await withLogContext({ workOrderId: "wo-1" }, async () => {
    await Promise.resolve();
    withLogContext({ commandId: "c-1" }, () => log.info({}, "judged"));
  });
  log.info({}, "outside");
  const [inside, outside] = sink.written.map((line) => JSON.parse(line));
  expect(inside).toMatchObject({ service: "ingest", level: "info", workOrderId: "wo-1", commandId: "c-1" });
  expect(outside).not.toHaveProperty("workOrderId");
});

/** Spellings of an address, and of other secrets, in which `name` must not be seen. */
const addresses: Record<string, (name: string) => string> = {
  plain: (name) => `550 <${name}@example.org> unknown`,
  "quoted local part": (name) => `to "${name} ${name}"@example.org`,
  "quoted local part with a quote in it": (name) => `to "${name}\\"${name}"@example.org`,
  "percent-encoded": (name) => `GET /find?who=${name}%40example.org&x=1`,
  "percent-encoded twice": (name) => `GET /find?who=${name}%2540example.org`,
  "IDN, not ASCII": (name) => `${name}@例え.jp`,
  "quoted-printable": (name) => `Subject: =?utf-8?Q?For_${name}=40mail.example.org?=`,
  "hexadecimal escape": (name) => `RCPT TO:<${name}\\x40example.org>`,
  "HTML entity": (name) => `${name}&#64;example.org`,
  "address literal": (name) => `RCPT TO:<${name}@[192.0.2.1]>`,
  "JSON in a text": (name) => JSON.stringify(JSON.stringify({ to: `"${name}"@example.org` })),
};
const secrets: Record<string, (secret: string) => string> = {
  "password of Redis": (secret) => `connecting to redis://:${secret}@host:6379/0`,
  "password of SMTP, with slash and at": (secret) => `smtp://user:${secret}/@${secret}@mail.example.org:587`,
  "password in a web address": (secret) => `https://user:${secret}@host/path?x=1`,
  "password in an encoded web address": (secret) => `/go?to=https%3A%2F%2Fuser%3A${secret}%40host`,
  "token in a query": (secret) => `https://host/x?a=1&token=${secret}&b=2`,
  "presigned URL": (secret) => `https://b.s3.amazonaws.com/k?X-Amz-Signature=${secret}&X-Amz-Security-Token=${secret}`,
  "code of a sign-in": (secret) => `/api/auth/callback?code=${secret}&state=x`,
  "bearer token": (secret) => `sent Bearer ${secret}`,
  "Authorization header": (secret) => `Authorization: AWS4-HMAC-SHA256 Credential=AK/x, Signature=${secret}`,
  "cookie header": (secret) => `cookie: theme=dark; __Host-session=${secret}; x=${secret}`,
  "AUTH of SMTP": (secret) => `C: AUTH PLAIN ${secret}==`,
  "AUTH of SMTP in lower case": (secret) => `C: auth login ${secret}==`,
  "login of a mail library": (secret) => `{ auth: { user: 'office', pass: '${secret}' } }, pass=${secret}`,
  "assignment of a programming language": (secret) =>
    `password => ${secret}, password := ${secret}, password＝${secret}`,
  "list of secrets": (secret) => `TOKEN_SECRET=${secret}==,${secret}=,${secret}, ${secret}${secret}`,
  "JSON in a text": (secret) => JSON.stringify({ password: `${secret}"${secret}`, apiKey: secret }),
  "JSON in JSON in a text": (secret) => JSON.stringify(JSON.stringify({ clientSecret: secret })),
  "environment variable": (secret) => `MAILCHIMP_API_KEY=${secret}`,
  "signed token": (secret) => `got eyJ${secret}.eyJ${secret}.${secret}`,
  "private key": (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
};

/** Where a text may stand in what is logged. */
const places: Record<string, (text: string) => Record<string, unknown>> = {
  field: (text) => ({ text }),
  "name of a field": (text) => ({ [text]: 1 }),
  "deep object": (text) => ({ a: { b: [{ c: [text] }] } }),
  error: (text) => ({ error: new Error(text) }),
  "error in an object": (text) => ({ nested: { failure: new TypeError(text) } }),
  "cause of a cause": (text) => ({ error: new Error("a", { cause: new Error("b", { cause: new Error(text) }) }) }),
  "cause that is a text": (text) => ({ error: new Error("a", { cause: text }) }),
  "errors of an error": (text) => ({ error: new AggregateError([new Error(text)], "several") }),
  "field of an error": (text) => ({ error: Object.assign(new Error("a"), { details: { reply: text } }) }),
  stack: (text) => ({ error: Object.assign(new Error("a"), { stack: `Error: ${text}\n at x` }) }),
  map: (text) => ({ map: new Map([[text, new Map([["x", text]])]]) }),
  "map with objects as keys": (text) => ({ map: new Map([[{ text }, 1]]) }),
  set: (text) => ({ set: new Set([text]) }),
  bytes: (text) => ({ bytes: Buffer.from(text), more: new TextEncoder().encode(text) }),
  "own JSON": (text) => ({ own: { toJSON: () => ({ text }) } }),
  "address object": (text) => ({ url: { href: text, searchParams: new URLSearchParams({ text }) } }),
};

const message = (text: string) => logged({}, text).text;

describe.each([...Object.entries(addresses), ...Object.entries(secrets)])("%s", (_, spelling) => {
  test.each(Object.entries(places))("is masked as %s, and in the message", (__, place) => {
    const secret = fc.stringMatching(/^[a-z0-9._+-]{0,30}$/).map((text) => `Qzjq${text}qjzQ`);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (name, before, after) => {
        const text = `${before} ${spelling(name)} ${after}`;
        const { text: written } = logged(place(text));
        for (const one of [written, message(text)]) {
          expect(one).not.toContain(name);
          // Not as numbers either, which a Buffer becomes in JSON.
          expect(one).not.toContain([...Buffer.from(name)].join(","));
        }
      }),
      { numRuns: 20 },
    );
  });
});

test.each([
  "password",
  "SMTP_PASSWORD",
  "pass",
  "smtp_pass",
  "apiKey",
  "Authorization",
  "set-cookie",
  "x-amz-security-token",
  "email",
])("the value under the name %s is left out, at any depth and of any kind", (name) => {
  for (const value of ["s3cr3t", ["s3cr3t"], { x: "s3cr3t" }, 5_318_008_123]) {
    expect(logged({ [name]: value, deep: [{ er: { [name]: value } }] }).text).not.toMatch(/s3cr3t|5318008123/);
  }
});

test("what is no secret stays readable: tokens of leases, error codes, dates, numbers, paths of a stack", () => {
  const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const { line } = logged(
    { token: 3, error, at: new Date(0), big: 7n, no: undefined, not: Number.NaN },
    "token 3 of wo-1, limits=40.5, auth login failed, secret=x, retries=3",
  );
  expect(line).toMatchObject({
    ...{ token: 3, at: "1970-01-01T00:00:00.000Z", big: "7" },
    msg: "token 3 of wo-1, limits=40.5, auth login failed, secret=[redacted], retries=3",
    error: { type: "Error", message: "connect ECONNREFUSED", code: "ECONNREFUSED" },
  });
  expect((line["error"] as { stack: string }).stack).toContain("log.test.ts");
});

test("cycles, hostile objects and depth neither throw nor make a line that is no JSON", () => {
  const cycle: Record<string, unknown> = { name: "x" };
  cycle["self"] = { list: [cycle] };
  const error = new Error("a");
  error.cause = error;
  const getter = {
    get broken() {
      throw new Error("no");
    },
  };
  const deep = JSON.parse(`${'{"a":'.repeat(500)}1${"}".repeat(500)}`);
  const { line } = logged({ cycle, error, getter, deep, list: Array.from({ length: 5000 }, () => "x") });
  expect(line).toMatchObject({
    cycle: { self: { list: ["[circular]"] } },
    error: { cause: "[circular]" },
    getter: "[unreadable]",
  });
  expect(line["list"]).toHaveLength(101);
});

test("any value at all becomes one line of JSON without the address it holds", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const { text } = logged({ value, wrapped: { value, who: "Qann.aZ@example.org" } });
      expect(text).not.toContain("Qann");
    }),
  );
});

test("a text of a million characters is masked in linear time, and cut only behind the mask", () => {
  const pieces = [
    "a",
    "@",
    '"',
    '"@',
    '\\"',
    "://",
    "a://b@",
    "%25",
    "token=",
    'token="',
    "cookie:",
    "Bearer ",
    "Basic ",
  ];
  const more = ["eyJ", "eyJa.", "-----BEGIN PRIVATE KEY-----", "a(", "AUTH PLAIN ", "password", "key", "&#0", "\\"];
  more.push("pass=", "secret=a,", ",a", "secret=a, ", "=40", "=40a", "auth login ");
  for (const piece of [...pieces, ...more]) {
    const hostile = piece.repeat(1_000_000 / piece.length);
    const start = performance.now();
    const { text } = logged({ hostile });
    // Linear: below 1 s on a quiet machine. Quadratic: minutes.
    expect(performance.now() - start, piece).toBeLessThan(10_000);
    expect(text.length, piece).toBeLessThan(20_000);
  }
  const half = `${"x ".repeat(3996)}Qann.aZ@example.org`;
  expect(logged({ half }).text).not.toContain("Qann");
}, 120_000);

import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { dkimName, dkimRecordText } from "@email-agent/shared/domain/delivery/dkimRecord.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedWorkOrders } from "../../infra/local/demo/seedWorkOrders.ts";
import { type Story, startStory } from "../e2e/story.ts";
import { dkimJudges, type KeyRecords, python, run } from "./dkimJudges.ts";

/** A mail as the sender put it on the wire, one of each mailing and kind of run. */
interface JudgedMail {
  readonly name: string;
  readonly algorithm: "rsa" | "ed25519";
  readonly raw: Buffer;
}

const judges = await dkimJudges();
const spamAssassin = ["/usr/bin/spamassassin"].find(existsSync);
const hasPython = await run(python, ["--version"]).then(
  ({ code }) => code === 0,
  () => false,
);

/** Languages with letters that the demo's own templates do not have. */
const scripts = {
  RU: { subject: "*|FNAME|*, приходите летом", text: "Регистрация на летнюю встречу открыта." },
  CN: { subject: "*|FNAME|*，今年夏天见", text: "夏季聚会现在开始报名，期待与您见面。" },
  CZ: { subject: "*|FNAME|*, přijeďte v létě", text: "Přihlášky na letní setkání jsou otevřené, těšíme se na vás." },
};

let story: Story;
let mails: JudgedMail[] = [];
let keys: KeyRecords = {};
const templates = mkdtempSync(join(tmpdir(), "email-agent-judged-templates-"));

beforeAll(async () => {
  story = await startStory(120, {
    variables: { PUBLIC_BASE_URL: "https://members.example.org", TEMPLATES_DIR: templates },
  });
  keys = await publishKeys(story);
  const languages = Object.keys(scripts) as (keyof typeof scripts)[];
  for (const language of languages)
    writeFileSync(join(templates, `SUMMER26-evening-reg-${language}.html`), templateOf(scripts[language].text));
  await seedWorkOrders(story.stack.orders, [
    {
      ...{ eventCode: "SUMMER26", subEvent: "evening", stage: "reg", account: "newsletter", languages },
      subjects: Object.fromEntries(languages.map((language) => [language, scripts[language].subject])),
    },
  ]);
  mails = await mailsOfEveryOrder(story);
}, 300_000);
afterAll(async () => {
  await story?.[Symbol.asyncDispose]();
  rmSync(templates, { recursive: true, force: true });
});

/** One account signs with the demo's RSA key, the other with Ed25519. Returns what DNS would hold. */
async function publishKeys({ stack }: Story): Promise<KeyRecords> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const ed25519 = { domain: "example.org", selector: "ed25519" };
  await stack.aws.dynamo.send(
    new UpdateCommand({
      TableName: stack.tables.CONFIG_TABLE,
      Key: { pk: "account", sk: "retreat-office" },
      UpdateExpression: "SET dkim = :dkim",
      ExpressionAttributeValues: {
        ":dkim": { ...ed25519, privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) },
      },
    }),
  );
  const account = await configTable(stack.aws, stack.tables, { log: openLog("test", "error") }).account("newsletter");
  const rsa = account?.dkim;
  if (!rsa?.privateKey) throw new Error("The demo organisation has no DKIM key.");
  return {
    [dkimName(ed25519)]: dkimRecordText(publicKey),
    [dkimName(rsa)]: dkimRecordText(createPublicKey(rsa.privateKey)),
  };
}

/** Every order of the demo with its Test, those that open a registration with their Send. */
async function mailsOfEveryOrder({ stack, complete }: Story): Promise<JudgedMail[]> {
  for await (const { id, stage } of stack.orders.list()) {
    await complete(id, "Count", "Prepare", "Dry-Run", "Test");
    if (stage === "reg") await complete(id, "Send");
  }
  const first = new Map<string, JudgedMail>();
  for (const isTest of [true, false])
    for (const { id, mailingKey } of stack.inbox.messages({ test: isTest })) {
      const name = `${mailingKey}${isTest ? " (Test)" : ""}`;
      if (first.has(name)) continue;
      const raw = stack.inbox.source(id);
      first.set(name, { name, raw, algorithm: raw.includes("a=ed25519-sha256") ? "ed25519" : "rsa" });
    }
  return [...first.values()];
}

function templateOf(text: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><title>*|MC:SUBJECT|*</title></head><body>
<p>*|FNAME|* *|LNAME|*</p><p>${text}</p>
<p><a href="https://register.example.org/?aid=SUMMER26&amp;pid=123456789">${text}</a></p>
<p><a href="*|UNSUB|*">Unsubscribe</a></p><p>*|LIST:ADDRESS|*</p></body></html>`;
}

/** The fields of a header, unfolded, in their order. */
function fieldsOf(raw: Buffer): readonly (readonly [name: string, value: string])[] {
  const header = raw.toString("latin1", 0, raw.indexOf("\r\n\r\n"));
  return header
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n")
    .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()] as const);
}

const valuesOf = (raw: Buffer, name: string) =>
  fieldsOf(raw)
    .filter(([one]) => one === name)
    .map(([, value]) => value);

test("the mails cover every order, every language and both kinds of DKIM key", () => {
  const languages = new Set(mails.map(({ name }) => name.split(" ")[0]?.split("_").at(-1)));
  expect([...languages].sort()).toEqual(["CN", "CZ", "DE", "EN", "RU", "SP"]);
  expect(new Set(mails.map(({ algorithm }) => algorithm))).toEqual(new Set(["rsa", "ed25519"]));
  expect(mails.length).toBeGreaterThanOrEqual(18);
});

describe.each(judges)("acceptance 186: DKIM signatures by $name", ({ name, algorithms, missing, verifies }) => {
  const says = missing === undefined ? "" : ` (skipped: ${missing})`;

  test.skipIf(missing !== undefined)(`every mail verifies${says}`, { timeout: 120_000 }, async () => {
    const judged = mails.filter(({ algorithm }) => algorithms.includes(algorithm));
    expect(judged.length).toBeGreaterThan(0);
    for (const mail of judged) expect(await verifies(mail.raw, keys), `${name}, ${mail.name}`).toBe(true);
  });

  test.skipIf(missing !== undefined)(
    `an added or changed field or body breaks them${says}`,
    {
      timeout: 180_000,
    },
    async () => {
      for (const algorithm of algorithms) {
        const { raw } = mails.find((mail) => mail.algorithm === algorithm) as JudgedMail;
        expect(await verifies(raw, keys)).toBe(true);
        for (const [change, changed] of Object.entries(changesOf(raw)))
          expect(await verifies(changed, keys), `${name}, ${algorithm}: ${change}`).toBe(false);
      }
    },
  );
});

/** What a relay, or someone who keeps a signed mail, may try. */
function changesOf(raw: Buffer): Record<string, Buffer> {
  const text = raw.toString("latin1");
  const added = [
    "From: Someone Else <else@example.com>",
    "To: else@example.com",
    "Cc: else@example.com",
    "Subject: Another subject",
    "Reply-To: else@example.com",
    "Date: Tue, 1 Dec 2026 08:00:00 +0000",
    "Message-ID: <other@example.com>",
    "List-Unsubscribe: <https://example.com/>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    "MIME-Version: 1.0",
    "Content-Type: text/plain",
    "Content-Transfer-Encoding: base64",
  ];
  const changed = {
    "a changed subject": text.replace(/^Subject: /m, "Subject: Re: "),
    "a changed unsubscribe link": text.replace(/^(List-Unsubscribe:\s+<https:\/\/)[^>]+/m, "$1example.com/u/x"),
    "a changed body": text.replace(/<\/body>/, "<p>More</p></body>"),
    "a line behind the body": `${text}More\r\n`,
    ...Object.fromEntries(added.map((line) => [`above: ${line}`, `${line}\r\n${text}`])),
    ...Object.fromEntries(added.map((line) => [`below: ${line}`, text.replace("\r\n\r\n", `\r\n${line}\r\n\r\n`)])),
  };
  for (const [change, one] of Object.entries(changed)) expect(one, change).not.toBe(text);
  return Object.fromEntries(Object.entries(changed).map(([change, one]) => [change, Buffer.from(one, "latin1")]));
}

test.skipIf(!spamAssassin)(
  `acceptance 187: SpamAssassin gives every mail a score below 1.0 by its local rules${spamAssassin ? "" : " (skipped: install spamassassin)"}`,
  { timeout: 300_000 },
  async () => {
    const scores: Record<string, number> = {};
    for (const { name, raw } of mails) {
      const { stdout } = await run(spamAssassin as string, ["--local", "--test-mode"], raw);
      // A field of the header that it writes: "X-Spam-Status: No, score=0.1 required=5.0 tests=…".
      const score = /^X-Spam-Status: \w+, score=(-?[\d.]+)/m.exec(stdout)?.[1];
      expect(score, `${name}: ${stdout.slice(0, 500)}`).toBeDefined();
      scores[name] = Number(score);
      expect.soft(scores[name], `${name}: ${/tests=([^\n]*(?:\n\t[^\n]*)*)/.exec(stdout)?.[1]}`).toBeLessThan(1);
    }
  },
);

test.skipIf(!hasPython)(
  `acceptance 188: two MIME parsers read the same mail${hasPython ? "" : " (skipped: install python3)"}`,
  { timeout: 60_000 },
  async () => {
    for (const { name, raw } of mails) {
      const ours = await PostalMime.parse(raw);
      const { stdout, stderr } = await run(python, ["-c", readByPython], raw);
      expect(stderr).toBe("");
      const theirs = JSON.parse(stdout) as Record<
        "subject" | "from" | "to" | "text" | "html" | "types" | "defects",
        unknown
      >;
      expect(theirs.defects, name).toEqual([]);
      expect(theirs.types, name).toEqual(["multipart/alternative", "text/plain", "text/html"]);
      expect({ subject: ours.subject, from: ours.from, to: ours.to?.[0] }, name).toMatchObject({
        subject: theirs.subject,
        from: theirs.from,
        to: theirs.to,
      });
      expect(lines(ours.text), name).toBe(lines(theirs.text));
      expect(lines(ours.html), name).toBe(lines(theirs.html));
      expect(lines(ours.text).length, name).toBeGreaterThan(20);
    }
  },
);

const lines = (text: unknown) => String(text).replace(/\r\n/g, "\n").trimEnd();

const readByPython = `
import email, email.header, email.policy, email.utils, json, sys
raw = sys.stdin.buffer.read()
message = email.message_from_bytes(raw, policy=email.policy.default)
# Its newer address parser keeps the blank between two encoded words (RFC 2047 6.2) before Python 3.13; the older one does not.
decode = lambda text: str(email.header.make_header(email.header.decode_header(text)))
plain = email.message_from_bytes(raw)
def person(name):
  display, address = email.utils.parseaddr(plain[name])
  return {"name": decode(display), "address": address}
parts = list(message.walk())
print(json.dumps({
  "subject": str(message["subject"]), "from": person("from"), "to": person("to"),
  "text": message.get_body(("plain",)).get_content(), "html": message.get_body(("html",)).get_content(),
  "types": [part.get_content_type() for part in parts],
  "defects": [str(defect) for part in parts for defect in part.defects]
    + [str(defect) for name in message.keys() for defect in message[name].defects],
}))
`;

describe("acceptance 189: the form that large receivers ask for", () => {
  test("RFC 8058: one https link and the one-click field, both under the signature", () => {
    for (const { name, raw } of mails) {
      const [unsubscribe = "", ...more] = valuesOf(raw, "list-unsubscribe");
      expect(more, name).toEqual([]);
      expect(unsubscribe.match(/<https:\/\/[^\s>]+>/g), name).toHaveLength(1);
      expect(valuesOf(raw, "list-unsubscribe-post"), name).toEqual(["List-Unsubscribe=One-Click"]);
      const signed = (/\bh=([^;]+)/.exec(valuesOf(raw, "dkim-signature")[0] ?? "")?.[1] ?? "")
        .replace(/\s/g, "")
        .split(":");
      expect(signed, name).toEqual(expect.arrayContaining(["list-unsubscribe", "list-unsubscribe-post"]));
    }
  });

  test("RFC 5322 and 5321: each field once, ASCII lines of at most 78 characters that end with CRLF", () => {
    for (const { name, raw } of mails) {
      for (const field of ["from", "to", "subject", "date", "message-id", "mime-version", "reply-to", "list-id"])
        expect(valuesOf(raw, field), `${name}: ${field}`).toHaveLength(1);
      expect(valuesOf(raw, "message-id")[0], name).toMatch(/^<[!-~]+@[a-z0-9.-]+>$/);
      const date = valuesOf(raw, "date")[0] ?? "";
      expect(date, name).toMatch(/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/);
      expect(Math.abs(Date.parse(date) - Date.now()), name).toBeLessThan(600_000);
      const text = raw.toString("latin1");
      expect(text, name).not.toMatch(/[^\t\r\n\x20-\x7e]/);
      expect(text.replace(/\r\n/g, ""), name).not.toMatch(/[\r\n]/);
      const longest = Math.max(...text.split("\r\n").map(({ length }) => length));
      expect(longest, name).toBeLessThanOrEqual(998);
      const body = text.slice(text.indexOf("\r\n\r\n"));
      expect(Math.max(...body.split("\r\n").map(({ length }) => length)), name).toBeLessThanOrEqual(78);
    }
  });

  test("no mail is so large that Gmail clips it (102 KB)", () => {
    for (const { name, raw } of mails) expect(raw.length, name).toBeLessThan(102 * 1024);
  });
});

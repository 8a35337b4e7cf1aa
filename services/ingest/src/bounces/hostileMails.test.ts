import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readBounceMail } from "@email-agent/shared/domain/bounces/readBounceMail.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { silentLog } from "@email-agent/shared/testing/pipeline.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readMail } from "./readMail.ts";
import { takeMail } from "./takeMail.ts";

/** As much of a mail as is read. */
const most = 512 * 1024;
const head =
  "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail Returned to Sender\r\n";
const report = `${head}MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n`;
const status = (fields: string) =>
  `${report}--b\r\nContent-Type: message/delivery-status\r\n\r\n${fields}\r\n--b--\r\n`;
const recipient = (place: number) =>
  `Final-Recipient: rfc822; p${place}@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n`;

/** What becomes of a mail, and what was taken and kept of it. */
async function fateOf(mail: string | Uint8Array) {
  const bytes = Buffer.from(mail).subarray(0, most);
  const [taken, kept]: [object[], string[]] = [[], []];
  const began = performance.now();
  const fate = await takeMail(
    {
      take: async (one) => {
        taken.push(one);
        return { result: "unmatched", why: "It is forged." };
      },
      keep: async (_, why) => void kept.push(why),
      ...{ clock: { now: () => Date.UTC(2026, 8, 3) }, log: silentLog, metrics: { count() {} } },
    },
    { bytes, receivedAt: Date.UTC(2026, 8, 3) },
  );
  return { fate, taken, kept, milliseconds: performance.now() - began };
}

test.each([
  ["10,000 parts", `${report}${"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(10_000)}`],
  ["parts nested 1,000 deep", nested(1000)],
  ["a report about 100,000 people", status(Array.from({ length: 100_000 }, (_, place) => recipient(place)).join(""))],
  ["a line of half a megabyte", `${head}\r\n${"a".repeat(most)}`],
  ["half a megabyte of headers", `${"X-Spam: yes\r\n".repeat(50_000)}\r\n`],
  ["one header of half a megabyte", `Subject: ${"Undelivered ".repeat(50_000)}`],
  ["half a megabyte of folded lines", status(`Diagnostic-Code: smtp; 550\r\n${" a\r\n".repeat(150_000)}`)],
  [
    "half a megabyte of quoted headers",
    `${head}\r\n${"> Message-ID: <a@b>\r\n> List-Unsubscribe:\r\n>  x\r\n".repeat(9000)}`,
  ],
  ...[
    "<",
    "@",
    "a@",
    "<a@b",
    "said ",
    "550 ",
    "5.1.1 ",
    "(",
    " ",
    "\t",
    ">",
    "=\r\n",
    "\r\n",
    "--",
    "/u/a",
    "failed: ",
  ].map((text): [string, string] => [
    `half a megabyte of ${JSON.stringify(text)}`,
    `${head}\r\n${text.repeat(most / text.length)}`,
  ]),
  ["HTML with 20,000 open elements", `${head}Content-Type: text/html\r\n\r\n${"<div><b>".repeat(20_000)}`],
])("acceptance 165: a mail with %s is read in bounded time, and changes nothing", async (_, mail) => {
  const { fate, taken, milliseconds } = await fateOf(mail);
  expect(["leave", "flag"]).toContain(fate);
  expect(taken.length).toBeLessThanOrEqual(20);
  // A busy machine may take its time; what grows with the square of half a megabyte takes minutes.
  expect(milliseconds).toBeLessThan(5000);
});

test("acceptance 165: a report about more people than a mail of ours has, and one too deep to read, are kept for a person", async () => {
  const many = await fateOf(status(Array.from({ length: 21 }, (_, place) => recipient(place)).join("")));
  expect(many).toMatchObject({ fate: "flag", taken: [], kept: ["It reports more than 20 people."] });
  const deep = await fateOf(nested(100));
  expect(deep).toMatchObject({ fate: "flag", taken: [], kept: [expect.stringMatching(/nested too deep/)] });
});

test.each([
  "ana@example.org\0",
  "ana\u0007@example.org",
  "ana@example.org\r\nBcc: all@example.org",
  "<script>@example.org",
  `${"a".repeat(500)}@example.org`,
  "ana@exa\u202emple.org",
])("an address with control characters or no end is no recipient: %j", async (address) => {
  const mail = await readMail(
    Buffer.from(status(`Final-Recipient: rfc822; ${address}\r\nAction: failed\r\nStatus: 5.1.1\r\n`)),
  );
  const reading = mail && readBounceMail(mail);
  const found = reading?.is === "reports" ? reading.reports.map(({ recipient: to }) => to) : [];
  expect(found.filter((to) => to !== undefined && /[\p{C}\s<>]/u.test(to))).toEqual([]);
});

const folder = fileURLToPath(new URL("./realBounces/", import.meta.url));
const samples = readdirSync(folder).map((name) => readFileSync(`${folder}${name}`));

test("acceptance 165: real reports with anything cut, doubled, exchanged or put in are read as reports are, or not at all", async () => {
  const change = fc.record({
    sample: fc.nat(samples.length - 1),
    edits: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.nat(200),
        put: fc.oneof(
          fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
          fc
            .constantFrom("\r\n\r\n", "\r\n--=_report_1\r\n", "\0", "\u202e", "<", "Content-Type: ", "550 5.1.1 ", "@")
            .map((text) => Buffer.from(text)),
        ),
        times: fc.integer({ min: 1, max: 50 }),
      }),
      { maxLength: 6 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ sample, edits }) => {
      let bytes = samples[sample] as Buffer;
      for (const { at, cut, put, times } of edits) {
        const from = Math.floor(at * bytes.length);
        bytes = Buffer.concat([bytes.subarray(0, from), ...Array<Buffer>(times).fill(put), bytes.subarray(from + cut)]);
      }
      const mail = await readMail(bytes.subarray(0, most));
      const reading = mail && readBounceMail(mail);
      if (reading?.is !== "reports") return;
      expect(reading.reports.length).toBeGreaterThan(0);
      expect(reading.reports.length).toBeLessThanOrEqual(20);
      for (const { reply, recipient: to, code, messageId } of reading.reports) {
        expect(reply.length).toBeLessThanOrEqual(2048);
        expect(reply).not.toMatch(/[\r\n]/);
        if (to !== undefined) expect(mailAddress(to)).toBe(to);
        if (code !== undefined) expect(code).toMatch(/^[45](\d\d|\.\d{1,3}\.\d{1,3})$/);
        if (messageId !== undefined) expect(messageId).toMatch(/^<[^\s<>]+@[^\s<>]+>$/);
      }
    }),
    { numRuns: 300 },
  );
});

function nested(depth: number): string {
  const open = Array.from(
    { length: depth },
    (_, level) => `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`,
  );
  return `${head}MIME-Version: 1.0\r\n${open.join("")}Content-Type: text/plain\r\n\r\nx\r\n`;
}

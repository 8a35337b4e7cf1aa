import { accountFault } from "@email-agent/shared/domain/delivery/accountFault.ts";
import { type Mail, message } from "@email-agent/shared/domain/delivery/message.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { compileMail } from "@email-agent/shared/domain/template/compileMail.ts";
import { anAccount, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { aMailSource, aRecipient, someMailSettings } from "@email-agent/shared/testing/mailBuilders.ts";
import fc from "fast-check";
import PostalMime, { type Address } from "postal-mime";
import { mimeMessage, needsSmtpUtf8, wireAddress } from "../../../services/sender/src/smtp/mime.ts";
import type { Observed, Trial } from "../scenario.ts";
import { explore } from "./explore.ts";
import { hostileText, mutated } from "./hostileText.ts";
import { openPythonMail, type PythonMail } from "./pythonMail.ts";

const config = {
  EMAIL_FROM: "noreply@example.com",
  PUBLIC_TOKEN_SECRET: "a-secret-of-the-tests-only",
  MAILCHIMP_REPLY_TO: "replies@example.com",
};
const html = "<p>Dear ||name||, *|FNAME|* *|LNAME|*</p><p title='*|FNAME|*'>*|EMAIL|*</p><a href='*|UNSUB|*'>x</a>";

const address = (local: string) =>
  mutated([
    `${local}@example.org`,
    `${local}.x@bücher.example`,
    `${local}+tag@mail.example.org`,
    `..${local}.@example.org`,
  ]);
const names = fc.oneof(
  hostileText,
  mutated(["Ana", "José O'Neill", "日本語の名前", 'Ana "the best"', "Dr. Müller, Hans"]),
);
const maybe = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined, freq: 4 });

const inputs = fc.record({
  fromName: names,
  fromAddress: maybe(address("office")),
  replyTo: maybe(address("help")),
  envelopeFrom: maybe(address("bounces")),
  listId: maybe(mutated(["news.example.org"])),
  unsubscribeMailto: maybe(mutated(["leave@example.org", "leave@example.org?subject=Leave%20me"])),
  id: hostileText.filter((id) => id !== ""),
  first: names,
  last: maybe(names),
  email: fc.oneof(address("ana"), fc.constant("ana@example.org")),
  subject: fc.oneof(
    hostileText,
    mutated(["See you, *|FNAME|*", "||name||, news of *|LNAME|*", "Anmeldung eröffnet 报名"]),
  ),
});
type Input = typeof inputs extends fc.Arbitrary<infer Of> ? Of : never;

/** The mail that the product would send; undefined where it refuses a value, as it should. */
function mailOf(input: Input): Mail | undefined {
  const { fromName, fromAddress, replyTo, envelopeFrom, listId, unsubscribeMailto } = input;
  const identity = { fromAddress, replyTo, envelopeFrom, listId, unsubscribeMailto };
  const account = anAccount({ fromName, ...identity });
  const email = mailAddress(input.email);
  if (accountFault(account, config) !== undefined || email === undefined) return undefined;
  const participant = aParticipant({ id: input.id, first: input.first, last: input.last, email });
  const source = aMailSource({ subject: input.subject, html });
  const rendered = compileMail(source, someMailSettings()).mail?.render(aRecipient({ participant }));
  if (!rendered) return undefined;
  const order = { eventCode: "E2026", stage: "reg" };
  const unsubscribeUrl = "https://mail.example.org/u/token";
  const mailing = { mailingKey: "E2026_weekend_reg_EN", runId: "01RUN", isTest: false };
  return message({ account, order, ...mailing, participant, email, rendered, unsubscribeUrl }, config);
}

const fields = [
  "From",
  "To",
  "Subject",
  "Date",
  "Message-ID",
  "Reply-To",
  "List-Unsubscribe",
  "List-ID",
  "Feedback-ID",
];
const allFields = [...fields, "X-Email-Agent-Mailing", "X-Email-Agent-Run", "MIME-Version", "Content-Type"].join();

/** Its headers hold UTF-8 as it is (RFC 6532), which Python's parser of 2023 does not read. */
const isUtf8 = ({ from, to, replyTo }: Mail) => [from.address, to.address, replyTo].some(needsSmtpUtf8);

/** Why these bytes are not a message of ours, whatever is written in it. */
function brokenBytes(raw: Buffer, mail: Mail): string | undefined {
  const text = raw.toString("latin1");
  if (/\0|\r(?!\n)|(?<!\r)\n/.test(text)) return "A NUL, or a line break that is no CRLF, is in the message.";
  if (!isUtf8(mail) && /[^\t\r\n -~]/.test(text)) return "The message is not ASCII.";
  if (text.split("\r\n").some(({ length }) => length > 998)) return "A line has more than 998 bytes.";
  const head = text.slice(0, text.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  const found = head.split("\r\n").map((line) => line.slice(0, line.indexOf(":")));
  const given = allFields.split(",").filter((name) => name !== "List-Unsubscribe" || name in mail.headers);
  return found.join() === given.join() ? undefined : `The fields are ${found.join()}.`;
}

const lines = (text: string | undefined) => (text ?? "").replace(/\r\n?/g, "\n").trimEnd();
const asPerson = ({ name, address: at = "" }: Address | { name: string; address: string }) => ({
  name,
  address: unquoted(at),
});
const unquoted = (at: string) => at.replace(/^"(.*)"@/, "$1@");

function meant(mail: Mail) {
  const person = ({ name, address: at }: Mail["to"]) => asPerson({ name, address: wireAddress(at) });
  return {
    // A zero-width letter that readers take for a byte order mark.
    subject: mail.subject.replaceAll("\ufeff", "").trim(),
    ...{ from: [person(mail.from)], to: [person(mail.to)] },
    ...{ text: lines(mail.text), html: lines(mail.html) },
  };
}

/** The first thing that a parser reads otherwise than it was meant. */
function misread(parser: string, meantAs: object, read: object): string | undefined {
  for (const [name, value] of Object.entries(meantAs)) {
    const [one, other] = [JSON.stringify(value), JSON.stringify((read as Record<string, unknown>)[name])];
    if (one !== other) return `${parser} reads ${name} as ${other?.slice(0, 600)}, and ${one.slice(0, 600)} was meant.`;
  }
  return undefined;
}

async function judge(input: Input, python: PythonMail): Promise<string | undefined> {
  const mail = mailOf(input);
  if (!mail) return undefined;
  const raw = mimeMessage(mail, 1_800_000_000_000);
  const broken = brokenBytes(raw, mail);
  if (broken) return broken;
  const ours = await PostalMime.parse(raw);
  if (ours.cc?.length || ours.bcc?.length) return "The message has a Cc or Bcc.";
  const asMeant = meant(mail);
  const read = {
    subject: ours.subject ?? "",
    ...{ from: [ours.from].map((one) => one && asPerson(one)), to: ours.to?.map(asPerson) },
    ...{ text: lines(ours.text), html: lines(ours.html) },
  };
  const wrong = misread("postal-mime", asMeant, read);
  if (wrong || isUtf8(mail)) return wrong;
  const theirs = await python.read(raw);
  if (theirs.defects.length > 0) return `Python finds ${theirs.defects.join()}.`;
  const from = theirs.from.map(asPerson);
  const parts = { text: lines(theirs.text), html: lines(theirs.html) };
  return misread("Python", asMeant, { ...theirs, from, to: theirs.to.map(asPerson), ...parts });
}

/** Names, addresses, subjects and fields of accounts as a message: no value adds a header, and two parsers read what was meant. */
export async function hostileHeaders(trial: Trial & { readonly tries: number }): Promise<Observed> {
  await using python = await openPythonMail();
  return await explore(inputs, (input) => judge(input, python), trial);
}

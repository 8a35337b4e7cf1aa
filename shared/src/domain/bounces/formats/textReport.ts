import { mailAddress } from "../../recipients/address.ts";
import { headerValue, type ReceivedMail } from "../receivedMail.ts";
import type { BounceFormat } from "./bounceFormat.ts";

/** A person named in the text of a report, with the reason below. */
export interface NamedRecipient {
  readonly address: string;
  readonly words: string;
}

const mostLines = 1500;
const longestLine = 1000;
const mostWordLines = 25;
/** As far as a format is recognised by its text. */
const recognisedCharacters = 6000;

const beginsWithAddress =
  /^[\s*>-]{0,40}["'<(]{0,2}(?<address>[^\s<>"'():;,[\]]{1,64}@[^\s<>"'():;,[\]]{1,255})[>"')]{0,2}(?<words>(?:$|[\s:;,.[(<].*))/;

export function isOfFormat(format: BounceFormat, mail: ReceivedMail): boolean {
  const { from, subject, header, text } = format;
  return (
    (!from || from.test(mail.from)) &&
    (!subject || subject.test(mail.subject)) &&
    (!header || header[1].test(headerValue(mail.headers, header[0]))) &&
    (!text || text.test(mail.text.slice(0, recognisedCharacters)))
  );
}

export function isDelayed({ delayed }: BounceFormat, { subject, text }: ReceivedMail): boolean {
  return delayed?.test(`${subject}\n${text.slice(0, recognisedCharacters)}`) ?? false;
}

/** The people whom a report of this format names, at most `most`. */
export function namedRecipients(format: BounceFormat, mail: ReceivedMail, most: number): NamedRecipient[] {
  const all = reportLines(format, mail.text);
  const from = format.start ? all.findIndex((line) => format.start?.test(line)) + 1 : 0;
  const lines = all.slice(from);
  const found = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of lines) {
    if (found.size >= most) break;
    const { address = "", words = "" } = (format.recipient ?? beginsWithAddress).exec(line)?.groups ?? {};
    const named = mailAddress(address.replace(/^mailto:|[.,;:]+$/g, ""));
    const known = named === undefined ? undefined : found.get(named.toLowerCase());
    if (named !== undefined && !known) {
      current = [words];
      found.set(named.toLowerCase(), current);
    } else if (known) {
      current = known;
      current.push(words);
    } else if (line.trim() === "" && !format.isLong && current?.some((word) => word.trim() !== "")) current = undefined;
    else if (current && current.length < mostWordLines) current.push(line);
  }
  const whole = format.words?.exec(all.join("\n"))?.[1];
  const inHeader = [...found.keys()].length > 0 || !format.recipientsIn ? [] : addressesIn(format.recipientsIn, mail);
  const rest = lines.filter((line) => line.trim() !== "").slice(0, mostWordLines);
  return [
    ...[...found].map(([address, words]) => ({ address, words: whole ?? words.join(" ") })),
    ...inHeader.slice(0, most).map((address) => ({ address, words: whole ?? rest.join(" ") })),
  ].map(withOrigin);
}

/** Behind an alias, servers name the address the mail was sent to in words (Exim: `generated from`, Postfix: `expanded from`). */
function withOrigin({ address, words }: NamedRecipient): NamedRecipient {
  const [, origin = ""] = /\b(?:generated|expanded|redirected) from:? <?([^\s<>()]{3,320})/.exec(words) ?? [];
  return { address: mailAddress(origin) ?? address, words };
}

/** A header field that begins the copy of the mail, whatever the format. */
const copyBegins =
  /^(?:> ?)?(?:received|return-path|message-id|delivered-to|dkim-signature|mime-version|x-email-agent-\w+|list-unsubscribe): ?/i;

/** The lines of the report, those of the copy not among them. */
function reportLines({ end }: BounceFormat, text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/, mostLines).map((line) => line.slice(0, longestLine).trimEnd());
  const to = lines.findIndex((line) => end?.test(line) || copyBegins.test(line));
  return to < 0 ? lines : lines.slice(0, to);
}

function addressesIn(header: string, { headers }: ReceivedMail): string[] {
  const parts = headerValue(headers, header)
    .slice(0, 4000)
    .split(/[\s,;<>]+/);
  return parts.flatMap((part) => mailAddress(part)?.toLowerCase() ?? []);
}

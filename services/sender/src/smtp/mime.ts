import { hash } from "node:crypto";
import { domainToASCII } from "node:url";
import {
  type HeaderValue,
  type Mail,
  type Mailbox,
  messageHeaders,
} from "@email-agent/shared/domain/delivery/message.ts";
import { encodeWord, foldLines } from "nodemailer/lib/mime-funcs";
import { type DkimKey, dkimSignature, type HeaderField } from "./dkim.ts";
import { quotedPrintable } from "./quotedPrintable.ts";

const lineLength = 76;

/**
 * The bytes of a message as they go over the wire, before dot-stuffing: headers (List-Unsubscribe among them, from
 * `messageHeaders`), then `multipart/alternative` of text and
 * HTML in UTF-8 and quoted-printable, lines of at most 998 bytes. DKIM-signed if there is a key.
 *
 * @param at epoch milliseconds, for Date
 */
export function mimeMessage(mail: Mail, at: number, dkim?: DkimKey): Buffer {
  // A boundary cannot occur in quoted-printable text: there "=" is never followed by "_".
  const boundary = `=_${hash("sha256", mail.messageId).slice(0, 24)}`;
  const body = Buffer.concat([
    Buffer.from(partHead(boundary, "text/plain")),
    quotedPrintable(mail.text),
    Buffer.from(`\r\n${partHead(boundary, "text/html")}`),
    quotedPrintable(mail.html),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const fields = headerFields(mail, at, boundary);
  const lines = fields.map(({ line }) => line);
  if (dkim) lines.unshift(dkimSignature(dkim, fields, body));
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "utf8"), body]);
}

/** RFC 5321 4.1.2 Atom, with RFC 6531's non-ASCII. */
const atom = "[\\w!#$%&'*+/=?^`{|}~\\-\\u0080-\\u{10FFFF}]+";
const dotString = new RegExp(`^${atom}(?:\\.${atom})*$`, "u");
const atomsAndDots = new RegExp(`^(?:${atom}|\\.)+$`, "u");

/**
 * The address as it appears in commands and headers: an international domain in its ASCII form (RFC 5890), a local part
 * with dots at an end or in a row in quotes (RFC 5321 4.1.2).
 */
export function wireAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  const local = address.slice(0, at);
  const quoted = atomsAndDots.test(local) && !dotString.test(local) ? `"${local}"` : local;
  return `${quoted}${address.slice(at, at + 1)}${isAscii(domain) ? domain : domainToASCII(domain) || domain}`;
}

/** True for an address that only a server with SMTPUTF8 can take (RFC 6531); on the wire its domain never needs that. */
export function needsSmtpUtf8(address: string): boolean {
  return !isAscii(address.slice(0, address.lastIndexOf("@")));
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/**
 * One line of plain text: control characters and line breaks become blanks, so that no value adds a header. U+FEFF shows
 * nothing, and readers take it for a byte order mark where an encoded word begins with it: it is left out.
 */
function headerText(value: string): string {
  return value
    .replace(/\ufeff/g, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
}

function partHead(boundary: string, type: string): string {
  return `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
}

function headerFields(mail: Mail, at: number, boundary: string): HeaderField[] {
  const values: (readonly [string, string])[] = [
    ...messageHeaders(mail, at).map(([name, value]) => [name, encodedValue(value)] as const),
    ["MIME-Version", "1.0"],
    ["Content-Type", `multipart/alternative; boundary="${boundary}"`],
  ];
  return values.map(([name, value]) => {
    // Every value was checked or cleaned before; a line break here would begin another header.
    if (/[\r\n\0]/.test(value)) throw new Error(`The header ${name} holds a line break.`);
    // Some programs that report a bounce do not find a Message-ID on a line of its own.
    return { name, line: name === "Message-ID" ? `${name}: ${value}` : foldLines(`${name}: ${value}`, lineLength) };
  });
}

function encodedValue(value: HeaderValue): string {
  if ("mailbox" in value) return mailbox(value.mailbox);
  if ("address" in value) return wireAddress(headerText(value.address));
  return "text" in value ? encodedText(headerText(value.text)) : value.line;
}

function mailbox({ name, address }: Mailbox): string {
  const given = headerText(name);
  const bare = wireAddress(headerText(address));
  if (!given) return bare;
  return `${phrase(given)} <${bare}>`;
}

/** RFC 5322 3.2.5: words as they are, other ASCII quoted, the rest encoded. */
function phrase(name: string): string {
  if (needsEncoding(name)) return encodedText(name);
  return /^[\w !#$%&'*+\-/=?^`{|}~]+$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

/** RFC 2047, in the shorter of its two encodings. A value that only looks encoded is encoded again, so that it reads as typed. */
function encodedText(value: string): string {
  if (!needsEncoding(value)) return value;
  const foreign = value.replace(/[\x20-\x7e]/g, "").length;
  return encodeWord(value, foreign * 3 > value.length ? "B" : "Q", 52);
}

/** Also what folding cannot break: a header line may have 998 bytes (RFC 5322 2.1.1), and encoded words are short. */
function needsEncoding(value: string): boolean {
  return /[^\x20-\x7e]|\S{900}/.test(value) || value.includes("=?");
}

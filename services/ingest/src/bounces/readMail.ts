import type { MailPart, ReceivedMail } from "@email-agent/shared/domain/bounces/receivedMail.ts";
import { textOf as textOfHtml } from "@email-agent/shared/domain/template/textPart.ts";
import PostalMime, { type Attachment, type Email } from "postal-mime";

/** Parts whose text is read; of all others only the type and the name are of interest. */
const readTypes =
  /^(message\/(global-)?(delivery-status|disposition-notification|headers)|message\/(global|rfc822|feedback-report|partial)|text\/[\w.+-]+)$/;

/** No report and no header of a returned mail is longer. */
const partBytes = 64 * 1024;
const textCharacters = 64 * 1024;
const mostParts = 50;
const limits = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024, maxRfc822NestingDepth: 0 };

/**
 * Takes a mail apart, or the first part of a long one. Undefined if it cannot be read: parts nested deeper than 20, or
 * more than 256 kB of headers. A returned mail is not entered: it becomes a part, and its own parts are no parts of this mail.
 */
export async function readMail(source: Uint8Array): Promise<ReceivedMail | undefined> {
  const mail = await PostalMime.parse(source, { ...limits, forceRfc822Attachments: true }).catch(() => undefined);
  if (!mail) return undefined;
  const parts = mail.attachments.slice(0, mostParts).map(partOf);
  return {
    headers: mail.headers.map(({ key, value }) => ({ key, value })),
    subject: mail.subject ?? "",
    from: mail.from?.address ?? "",
    text: visibleText(mail, parts.length === 0 ? source : undefined).slice(0, textCharacters),
    parts,
  };
}

/** `source`: of a mail without parts. Some servers announce parts and write none: then all of it is the text. */
function visibleText({ text, html }: Email, source: Uint8Array | undefined): string {
  if (text?.trim()) return text;
  if (html?.trim()) return textOfHtml(html.slice(0, 4 * textCharacters));
  return source ? bodyOf(source) : "";
}

function partOf({ mimeType, filename, content }: Attachment): MailPart {
  const type = mimeType.toLowerCase();
  return { type, filename: filename ?? "", text: readTypes.test(type) ? textOf(content) : "" };
}

function textOf(content: Attachment["content"]): string {
  if (typeof content === "string") return content.slice(0, partBytes);
  return decoded(new Uint8Array(content));
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: false }).decode(bytes.subarray(0, partBytes));
}

/** Everything behind the headers, undecoded. */
function bodyOf(source: Uint8Array): string {
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const ends = ["\r\n\r\n", "\n\n"].map((end) => text.indexOf(end)).filter((at) => at >= 0);
  return ends.length === 0 ? "" : decoded(text.subarray(Math.min(...ends)));
}

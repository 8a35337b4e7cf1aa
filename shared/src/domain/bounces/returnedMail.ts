import { fieldBlocks } from "./fieldBlocks.ts";
import { type HeaderField, headerValue, type ReceivedMail } from "./receivedMail.ts";
import {
  messageIdShape,
  type ReturnedNames,
  returnedHeaderNames,
  returnedNames,
  unsubscribeTokenIn,
} from "./returnedHeaders.ts";

const returnedTypes = /^(message\/(rfc822|global|global-headers|headers|partial)|text\/rfc822-headers?)$/;

/** The returned mail of a report: from its part, or else from the text in which many reports quote it. */
export function returnedMail(mail: ReceivedMail): ReturnedNames {
  const parts = mail.parts.filter(({ type, text }) => returnedTypes.test(type) && text !== "");
  for (const { text } of parts) {
    const found = inHeaders(fieldBlocks(text, 1)[0] ?? [], text);
    if (found.messageId ?? found.mailing ?? found.unsubscribeToken) return found;
  }
  const texts = [mail.text, ...mail.parts.filter(({ type }) => type.startsWith("text/")).map(({ text }) => text)];
  for (const text of texts) {
    const found = inHeaders(quotedFields(text), text);
    if (found.messageId ?? found.mailing ?? found.unsubscribeToken) return found;
  }
  return named(mail);
}

/** A report without a copy may still name the mail it responds to (RFC 5322 3.6.4). */
function named({ headers, parts }: ReceivedMail): ReturnedNames {
  const status = parts.find(({ type }) => type.endsWith("delivery-status"));
  const fields = [...headers, ...(status ? fieldBlocks(status.text, 1).flat() : [])];
  const ids = ["x-original-message-id", "in-reply-to", "references"].map((key) => headerValue(fields, key));
  const messageId = ids.map((value) => messageIdShape.exec(value.slice(-1000))?.[0]).find(Boolean);
  return { ...(messageId !== undefined && { messageId }) };
}

function inHeaders(fields: readonly HeaderField[], text: string): ReturnedNames {
  const found = returnedNames((name) => headerValue(fields, name));
  const unsubscribeToken = found.unsubscribeToken ?? unsubscribeTokenIn(text.replace(/=\r?\n/g, ""));
  return { ...found, ...(unsubscribeToken !== undefined && { unsubscribeToken }) };
}

/** Header fields of ours that a text quotes, perhaps behind `>`. */
function quotedFields(text: string): HeaderField[] {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/^[\s>|]*(?=[A-Za-z-]+:)/, ""));
  const names = new RegExp(`^(?:${returnedHeaderNames.join("|")}):`, "i");
  const kept = lines.flatMap((line, at) => {
    if (!names.test(line)) return [];
    const folded = lines.slice(at + 1, at + 20);
    const end = folded.findIndex((next) => !/^[\s>|]+\S/.test(next));
    return [line, ...folded.slice(0, end < 0 ? folded.length : end).map((next) => ` ${next.replace(/^[\s>|]+/, "")}`)];
  });
  return fieldBlocks(kept.join("\n")).flat();
}

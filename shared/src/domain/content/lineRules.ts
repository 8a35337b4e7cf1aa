import type { MailSource } from "../template/mail.ts";
import type { ParsedMail } from "../template/mailParse.ts";
import { decodeAttribute, positionAt } from "../template/sourceText.ts";
import type { Detail } from "../workOrder.ts";

const subjectLimitCharacters = 200;

/** The subject is there, not too long (rule Q7), and plain text. */
export function subjectFindings({ language, subject }: MailSource): Detail[] {
  const length = [...subject.trim()].length;
  const fault =
    length === 0
      ? "is missing or blank"
      : length > subjectLimitCharacters
        ? `has ${length} characters, more than ${subjectLimitCharacters}`
        : undefined;
  return [
    ...(fault
      ? [{ language, rule: "Q7", severity: "error" as const, text: `The subject for ${language} ${fault}.` }]
      : []),
    ...references(subject).map(
      ({ index, text }): Detail => ({
        ...{ language, rule: "Q7", severity: "warning", part: "subject", ...positionAt(subject, index) },
        text: `In the subject: ${text}`,
      }),
    ),
  ];
}

/** A preview text that is shown is there, and is plain text (rule Q10). */
export function previewFindings({ language, previewText }: MailSource, { html }: ParsedMail): Detail[] {
  const isUsed = html.used.some(({ name }) => /^(?:(?:IF|IFNOT|ELSEIF):)?MC_PREVIEW_TEXT\b/.test(name));
  if (!isUsed) return [];
  if (previewText.trim() === "") {
    const text = `The mail for ${language} shows a preview line (MC_PREVIEW_TEXT), but has no preview text.`;
    return [{ language, rule: "Q10", severity: "warning", text }];
  }
  return references(previewText).map(({ index, text }) => ({
    ...{ language, rule: "Q10", severity: "warning", part: "preview", ...positionAt(previewText, index) },
    text: `In the preview text: ${text}`,
  }));
}

/** Character references in plain text, which a reader would see unresolved. Inside a tag they are resolved. */
function references(line: string): { index: number; text: string }[] {
  const outside = line.replace(/\*\|[^|]*\|\*/g, (tag) => " ".repeat(tag.length));
  return [...outside.matchAll(/&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi)]
    .map(({ index, 0: found }) => ({ index, found, meant: decodeAttribute(found) }))
    .filter(({ found, meant }) => found !== meant)
    .map(({ index, found, meant }) => ({
      index,
      text: `${found} is a character reference and goes out as it is: write ${meant.trim() === "" ? "the character itself" : meant}.`,
    }));
}

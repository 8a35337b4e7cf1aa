import { maskAddresses } from "../recipients/address.ts";
import type { Detail } from "../workOrder.ts";
import type { MailSettings, MailSource } from "./mail.ts";
import { type Problem, positionAt } from "./sourceText.ts";
import { type ParsedTemplate, parseTemplate } from "./templateParse.ts";

export interface ParsedMail {
  readonly subject: ParsedTemplate;
  readonly preview: ParsedTemplate;
  readonly html: ParsedTemplate;
}

/** Parses the three sources of a mail. */
export function parseMail(source: MailSource, settings: MailSettings): ParsedMail {
  const { language } = source;
  return {
    subject: parseTemplate(source.subject, { settings, language, part: "subject", chain: [] }),
    preview: parseTemplate(source.previewText, { settings, language, part: "preview", chain: [] }),
    html: parseTemplate(source.html, { settings, language, part: "html", chain: [] }),
  };
}

/** The faults of all three sources, by place; each makes the mail unfit for sending. */
export function syntaxFindings(source: MailSource, parsed: ParsedMail): Detail[] {
  return findings(source, parsed, ({ problems }) => problems);
}

/** What Prepare says of the three sources besides: most of it warnings. */
export function remarkFindings(source: MailSource, parsed: ParsedMail): Detail[] {
  return findings(source, parsed, ({ remarks }) => remarks);
}

function findings(source: MailSource, parsed: ParsedMail, of: (part: ParsedTemplate) => readonly Problem[]): Detail[] {
  return [
    ...of(parsed.subject).map((problem) => ({
      ...finding(source.language, source.subject, problem, "In the subject: "),
      part: "subject" as const,
    })),
    ...of(parsed.preview).map((problem) => ({
      ...finding(source.language, source.previewText, problem, "In the preview text: "),
      part: "preview" as const,
    })),
    ...inOrder(of(parsed.html)).map((problem) => finding(source.language, source.html, problem)),
  ];
}

/** An error at an offset of the mail's HTML. Addresses are masked. */
export function errorAt(source: MailSource, offset: number, rule: string, text: string): Detail {
  return findingAt(source, offset, rule, "error", text);
}

/** As errorAt, a warning. */
export function warningAt(source: MailSource, offset: number, rule: string, text: string): Detail {
  return findingAt(source, offset, rule, "warning", text);
}

function findingAt(
  { language, html }: MailSource,
  offset: number,
  rule: string,
  severity: Detail["severity"],
  text: string,
): Detail {
  return { language, rule, severity, ...positionAt(html, offset), text: shown(text) };
}

function finding(language: string, source: string, problem: Problem, where = ""): Detail {
  const { rule, severity = "error", offset, text } = problem;
  return { language, rule, severity, ...positionAt(source, offset), text: shown(where + text) };
}

/** A name of an attribute or element in it has any length, and findings are stored in the work order. */
const longestCharacters = 1000;

function shown(text: string): string {
  return maskAddresses(text.length > longestCharacters ? `${text.slice(0, longestCharacters)}…` : text);
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((one, other) => one.offset - other.offset);
}

import type { Stage } from "../configItems.ts";
import { oneLine } from "../template/escaping.ts";
import type { Audience, MailSettings } from "../template/mail.ts";
import { parseTemplate } from "../template/templateParse.ts";
import type { WorkOrder } from "../workOrder.ts";
import { type Judged, type OrderFormContext, textLimitCharacters } from "./formContext.ts";
import type { OrderFields } from "./orderFields.ts";

/** The longest subject a mail may have, its prefix included (rule Q7). */
const subjectLimitCharacters = 200;
/** More findings of one line would say nothing new. */
const findingsShown = 3;

/**
 * Subject and preview text of each enabled language, checked by the parser that QA and sending use. Subjects are
 * inherited from the parent order, preview texts where it has any.
 */
export function judgeTexts(
  fields: OrderFields,
  context: OrderFormContext,
  languages: readonly string[],
  parent: WorkOrder | undefined,
): Judged<"subjects" | "previewTexts"> {
  const stage = context.stages.find(({ name }) => name === fields.stage);
  const given = parent?.subjects ?? fields.subjects;
  const errors: Record<string, string> = {};
  const subjects: Record<string, string> = {};
  const previewTexts: Record<string, string> = {};
  for (const code of languages.filter((code) => context.languages.has(code))) {
    const subject = textOf(given, code);
    const inherited = textOf(parent?.previewTexts ?? {}, code);
    const previewText = inherited || textOf(fields.previewTexts, code);
    const subjectFault = faultOfSubject(subject, code, stage, fields, context, parent);
    const previewFault = faultOfPreview(previewText, code, fields, context, inherited === "" ? undefined : parent);
    if (subjectFault !== undefined) errors[`subjects.${code}`] = subjectFault;
    if (previewFault !== undefined) errors[`previewTexts.${code}`] = previewFault;
    subjects[code] = subject;
    if (previewText !== "") previewTexts[code] = previewText;
  }
  return { errors, notes: {}, stored: { subjects, previewTexts } };
}

/** As one line without surrounding blanks: neither means anything in a subject or a preview text. */
export function textOf(texts: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(texts, code) ? oneLine(texts[code] ?? "").trim() : "";
}

function faultOfSubject(
  subject: string,
  code: string,
  stage: Stage | undefined,
  fields: OrderFields,
  context: OrderFormContext,
  parent: WorkOrder | undefined,
): string | undefined {
  const language = `${context.languages.get(code)?.name} (${code})`;
  const where = fixIn(parent);
  if (subject === "")
    return `The subject in ${language} is missing.${where || " Write one, or leave the language out."}`;
  const prefix = stage?.prefix[code] ?? "";
  const length = [...(prefix + subject)].length;
  if (length > subjectLimitCharacters) {
    const withPrefix = prefix === "" ? "" : " with the prefix of the stage";
    return `The subject in ${language} has ${length} characters${withPrefix}, more than ${subjectLimitCharacters}: shorten it.${where}`;
  }
  const fault = faultOfLine(subject, "subject", code, prefix, fields, context);
  return fault && fault + where;
}

function faultOfPreview(
  text: string,
  code: string,
  fields: OrderFields,
  context: OrderFormContext,
  parent: WorkOrder | undefined,
): string | undefined {
  if (text === "") return undefined;
  const where = fixIn(parent);
  if (text.length > textLimitCharacters)
    return `The preview text in ${context.languages.get(code)?.name} (${code}) has ${text.length} characters, more than ${textLimitCharacters}: shorten it.${where}`;
  const fault = faultOfLine(text, "preview", code, "", fields, context);
  return fault && fault + where;
}

function fixIn(parent: WorkOrder | undefined): string {
  return parent ? ` Fix it in the work order of ${parent.stage}, which it comes from.` : "";
}

/** What the parser finds in a line; columns count from 1 in what was typed, without the prefix of the stage. */
function faultOfLine(
  text: string,
  part: "subject" | "preview",
  language: string,
  prefix: string,
  fields: OrderFields,
  context: OrderFormContext,
): string | undefined {
  if (!context.event) return undefined;
  const settings: MailSettings = {
    ...context.mail,
    event: context.event,
    subEvent: fields.subEvent,
    prompts: [],
    settings: context.settings,
    audience: someAudience,
  };
  const line = `${part === "subject" ? "The subject" : "The preview text"} in ${context.languages.get(language)?.name} (${language})`;
  const { problems } = parseTemplate(prefix + text, { settings, language, part, chain: [] });
  if (problems.length === 0) return undefined;
  return [...problems]
    .sort((one, other) => one.offset - other.offset)
    .slice(0, findingsShown)
    .map(({ offset, text: found }) => {
      const column = offset - prefix.length + 1;
      return column < 1 ? `${line}, in the prefix of the stage: ${found}` : `${line}, character ${column}: ${found}`;
    })
    .join(" ");
}

/** Prepare stores the audience with the content; here it only matters that it will be there. */
const someAudience: Audience = Object.freeze({
  name: "",
  company: "",
  description: "",
  address: "",
  addressHtml: "",
  phone: "",
  email: "",
  url: "",
});

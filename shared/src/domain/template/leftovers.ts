import { findingsLimit } from "./contentLimits.ts";
import { isWithin, type Range } from "./directiveElements.ts";
import { isBracketedMacro } from "./houseMacros.ts";
import { type Place, placeAt, type Tag } from "./place.ts";
import { excerpt, type Problem } from "./sourceText.ts";

/** Words that surround a field's name: `FIRST NAME`, `your-email`, `customer.company`, Vorname. */
const owner =
  "(?:(?:your|insert|enter|add|the|my|our|recipient|customer|client|user|member|contact|participant|subscriber|sender|attendee|guest|company|event|order|account|first|last|full|sur|given|family|middle|nick|display)[\\s_.-]*){0,4}";
const noun =
  "(?:names?|fname|lname|e-?mail(?:[\\s_.-]*address)?|address|phone(?:[\\s_.-]*number)?|company|organi[sz]ation|title|salutation|city|country|date|url|link|unsubscribe(?:[\\s_.-]*(?:link|url))?|subject|preheader|placeholder|vorname|nachname|anrede|firma|nombre|apellidos?|pr[eé]nom|nom|nome|cognome|sobrenome|imi[eę]|nazwisko|имя|фамилия)";
const upperSnake = "[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+";
const fieldName = `(?:${owner}${noun}|(?:insert|your|enter)[\\s_-][\\p{L} _-]{2,40})`;

/** What editors and keyboards make of stars and bars, and what can be between a star and its bar unseen. */
const star = "[*\\uff0a\\ufe61\\u2217\\u204e\\u2731\\u273b\\u273d\\u066d]";
const bar = "[|\\uff5c\\uffe8\\u00a6\\u2502\\u2503\\u01c0\\u2223\\u2758\\ufe33]";
const twoBars = `(?:${bar}{2}|[\\u2016\\u2225\\u01c1])`;
const unseen =
  "(?:[\\s\\u00ad\\u200b-\\u200d\\u2060\\ufeff]|&(?:nbsp|shy|zwnj|zwj|ZeroWidthSpace|#160|#173|#8203|#820[45]);|<[^<>]{0,100}>){0,3}";
const typedName = "(?:[\\p{L}\\p{N}_:.=-]|[ \\u00a0](?=\\S)){1,60}";
/** Stars and bars of plain ASCII with blanks between them may be a table: only what is written like a tag is one. */
const isTypedTag = ({ 0: text }: RegExpExecArray) =>
  !/^[\x20-\x7e\s]*$/.test(text) || /[<&]/.test(text) || /^\*\s*\|\s*[A-Z][A-Z0-9_]+(?::[^|]*)?\s*\|\s*\*$/.test(text);

interface Form {
  readonly form: RegExp;
  readonly severity: "error" | "warning";
  readonly words: (shown: string) => string;
  readonly accepts?: (match: RegExpExecArray) => boolean;
}

const lookAlike = (shown: string) =>
  `${shown} only looks like a tag or macro: type its stars and bars as * and |, with nothing between them and the name.`;
const fieldOf = (system: string) => (shown: string) =>
  `${shown} looks like a field of ${system}: nothing fills it in here.`;
const curly = fieldOf("Handlebars, Mustache, Liquid or the like");
const draft = fieldOf("a draft or another system");
const warning = "warning" as const;

/**
 * What would go out as it is, by the marks it is written with; earlier forms take what later ones would find, too. Every
 * quantifier is bounded, so that the search takes time in proportion to the source.
 */
const forms: readonly Form[] = [
  {
    form: new RegExp(`${star}${unseen}${bar}${unseen}${typedName}${unseen}${bar}${unseen}${star}`, "gu"),
    severity: "error",
    words: lookAlike,
    accepts: isTypedTag,
  },
  {
    form: new RegExp(`${twoBars}\\s?([\\p{L}-]{2,20})\\s?${twoBars}`, "gu"),
    severity: "error",
    words: lookAlike,
    accepts: (match) => isBracketedMacro(match[1]!.normalize("NFKC").toLowerCase()),
  },
  {
    form: /\{\{\{?\s{0,9}[#/^&>!*~$@-]{0,2}\s{0,9}[\p{L}_][^{}]{0,200}\}\}\}?/gu,
    severity: "error",
    words: curly,
  },
  { form: /\{\{[^{}]{1,200}\}\}/gu, severity: warning, words: curly },
  { form: /\{%[^{}]{1,200}?%\}/gu, severity: warning, words: fieldOf("Liquid, Jinja or Twig") },
  {
    form: /(?<![\d%])%%[=[]?[\p{L}_@][^%<>]{0,100}%%/gu,
    severity: warning,
    words: fieldOf("Salesforce Marketing Cloud or Lyris"),
  },
  { form: /(?:<|&lt;)%[^%]{1,200}%(?:>|&gt;)/gu, severity: warning, words: fieldOf("ERB, ASP or JSP") },
  {
    form: /(?<![\p{L}\p{N}%_])%(?:[a-z]\w{0,30}\.)?[a-z][a-z_]\w{1,40}%(?![\p{L}\p{N}%_])/giu,
    severity: warning,
    words: fieldOf("Mailgun or ActiveCampaign"),
  },
  { form: /[$#]\{[\p{L}_][^{}]{0,100}\}/gu, severity: warning, words: fieldOf("Thymeleaf, FreeMarker or Ruby") },
  { form: /\{\$[a-z_][\w.]{0,60}\}/giu, severity: warning, words: fieldOf("Smarty or MailerLite") },
  { form: new RegExp(`\\[\\[?\\s?${fieldName}\\s?\\]\\]?`, "giu"), severity: warning, words: draft },
  { form: new RegExp(`\\[\\[?${upperSnake}\\]\\]?`, "gu"), severity: warning, words: draft },
  { form: new RegExp(`\\{\\s?${fieldName}\\s?\\}`, "giu"), severity: warning, words: draft },
  { form: new RegExp(`\\{${upperSnake}\\}`, "gu"), severity: warning, words: draft },
  {
    form: new RegExp(`(?:«|&laquo;|&#171;|(?:<|&lt;){2})\\s?${fieldName}\\s?(?:»|&raquo;|&#187;|(?:>|&gt;){2})`, "giu"),
    severity: warning,
    words: fieldOf("Word"),
  },
  {
    form: new RegExp(
      `\\[\\[?(?:subscriber:\\w{1,30}|${fieldName})\\s?(?:[,|]\\s?(?:fallback|default)\\s?[=:]|\\bOR\\s?")[^\\]<>]{0,80}\\]\\]?`,
      "giu",
    ),
    severity: warning,
    words: fieldOf("Campaign Monitor, Sendy, MailPoet or Constant Contact"),
  },
  {
    form: /\{(?:contactfield|pagelink|tracking_pixel|leadfield|ownerfield|subtag:\w{1,30}|subscriber\.\w{1,30}|unsubscribe_(?:text|url)|webview_(?:text|url))(?:[=|][^{}<>]{0,80})?\}|\{![a-z]\w{1,40}\}|~Contact\.\w{1,40}~/giu,
    severity: warning,
    words: fieldOf("Mautic, AcyMailing, AWeber or Keap"),
  },
  { form: new RegExp(`(##|@@|~~)(?:${fieldName}|${upperSnake})\\1`, "giu"), severity: warning, words: draft },
];

type Leftover = Problem & Range;

/**
 * Fields of other systems, and tags typed with characters that only look like stars and bars: they would go out as they
 * are. `masked` is the source with its own directives masked. Texts, shown or described, are searched; code that is
 * shown as such, style sheets, scripts and comments are not, and links have a rule of their own.
 */
export function findLeftovers(
  source: string,
  masked: string,
  places: readonly Place[],
  tags: readonly Tag[],
): Leftover[] {
  const code = codeRanges(tags);
  const isShown = ({ index: start, 0: text }: RegExpExecArray) =>
    holdsText(placeAt(places, start)) && !isWithin({ start, end: start + text.length }, code);
  const found: Leftover[] = [];
  let searched = masked;
  for (const { form, severity, words, accepts } of forms) {
    let rest = "";
    let position = 0;
    for (const match of searched
      .matchAll(form)
      .filter(isShown)
      .take(findingsLimit + 1)) {
      const { index, 0: text } = match;
      if (accepts && !accepts(match)) continue;
      const shown = `"${excerpt(source.slice(index, index + text.length))}"`;
      found.push({ rule: "Q1", severity, offset: index, text: words(shown), start: index, end: index + text.length });
      // What one form took no other form takes again.
      rest += searched.slice(position, index) + " ".repeat(text.length);
      position = index + text.length;
    }
    searched = rest + searched.slice(position);
  }
  return found.sort((one, other) => one.start - other.start);
}

/** Attributes a reader gets to see or hear, and all others that hold a text; not what is a script, a style or data. */
function holdsText({ kind, attribute }: Place): boolean {
  if (kind === "attribute") return attribute !== "style" && !/^(?:on|data-)/.test(attribute);
  return kind === "text" || kind === "plain" || kind === "title";
}

const codeElements = new Set(["code", "pre", "kbd", "samp", "tt"]);

/** Elements whose text is shown as code; one that nothing closes is none. */
function codeRanges(tags: readonly Tag[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  const open: Tag[] = [];
  for (const tag of tags) {
    if (!codeElements.has(tag.name)) continue;
    if (!tag.closing) open.push(tag);
    else if (open.at(-1)?.name === tag.name) {
      const { start } = open.pop()!;
      if (open.length === 0) ranges.push({ start, end: tag.end });
    }
  }
  return ranges;
}

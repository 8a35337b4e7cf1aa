import { findingsLimit, tooManyFindings } from "../template/contentLimits.ts";
import type { MailSettings, MailSource } from "../template/mail.ts";
import {
  errorAt,
  type ParsedMail,
  parseMail,
  remarkFindings,
  syntaxFindings,
  warningAt,
} from "../template/mailParse.ts";
import type { UsedName } from "../template/templateParse.ts";
import type { Detail } from "../workOrder.ts";
import { characterFindings } from "./characterRules.ts";
import type { ContentRules } from "./contentRules.ts";
import { hrefFindings } from "./hrefRules.ts";
import { inboxLine } from "./inboxLine.ts";
import { previewFindings, subjectFindings } from "./lineRules.ts";
import { badgeFindings } from "./mailchimpBadge.ts";
import { placeholderFindings } from "./placeholderRule.ts";
import { registrationFindings } from "./registrationRule.ts";
import { resourceFindings } from "./resourceRules.ts";
import { zoomFindings } from "./zoomRule.ts";

/** Gmail cuts HTML beyond this size. */
const sizeLimitBytes = 102 * 1024;

/**
 * All findings of one language that need no network: syntax (Q1), salutation (Q2), Zoom (Q3), registration links (Q4),
 * href and resources (Q6), subject (Q7), unsubscribe link (Q8), size and emptiness (Q9), preview text (Q10), what Mailchimp adds (Q11),
 * active markup (Q12), lost letters (Q13). The link check requests the URLs themselves (see linksToCheck). Errors forbid
 * publishing; warnings do not.
 */
export function checkContent(source: MailSource, settings: MailSettings, rules: ContentRules): Detail[] {
  const parsed = parseMail(source, settings);
  // Content beyond the limits is not read, so the other rules do not apply.
  if (parsed.html.isRefused) return limited([...syntaxFindings(source, parsed), ...subjectFindings(source)], source);
  const { links } = parsed.html;
  const registration = registrationFindings(source, parsed.html, settings, rules);
  const found = [
    ...syntaxFindings(source, parsed),
    ...remarkFindings(source, parsed),
    ...salutationFindings(source, parsed, rules),
    ...zoomFindings(source, parsed.html.links, rules),
    ...registration,
    ...inPortions(links, (portion) => placeholderFindings(source, portion, settings, registration)),
    ...inPortions(links, (portion) => hrefFindings(source, portion, parsed.html.targets)),
    ...resourceFindings(source, links),
    ...subjectFindings(source),
    ...unsubscribeFindings(source, parsed),
    ...sizeFindings(source),
    ...emptyFindings(source),
    ...previewFindings(source, parsed),
    ...badgeFindings(source),
    ...leftOutFindings(source, parsed),
    ...characterFindings(source, parsed.html, settings),
  ];
  return limited(found, source);
}

/** Findings of the rules that can hit thousands of times, cut at the limit. */
function inPortions<Of>(all: readonly Of[], judge: (portion: readonly Of[]) => readonly Detail[]): Detail[] {
  const found: Detail[] = [];
  for (let start = 0; start < all.length && found.length <= findingsLimit; start += findingsLimit)
    found.push(...judge(all.slice(start, start + findingsLimit)));
  return found;
}

function limited(findings: Detail[], source: MailSource): Detail[] {
  const { rule, text } = tooManyFindings();
  // A part of the source may have said it, and other rules have found more.
  const listed = findings.filter((finding) => finding.text !== text);
  if (listed.length === findings.length && listed.length <= findingsLimit) return findings;
  return [errorAt(source, 0, rule, text), ...listed.slice(0, findingsLimit)];
}

function leftOutFindings(source: MailSource, { html }: ParsedMail): Detail[] {
  return html.leftOut.map(({ start, tag }) =>
    warningAt(
      source,
      start,
      "Q11",
      `*|${tag}|* and the link it makes are left out: that page exists at Mailchimp alone.`,
    ),
  );
}

const nameMacros = ["name", "#salutation", "FNAME"];
/** A greeting whose macro is unknown is a finding already. */
const misspeltName = /name|salut/i;

function salutationFindings(source: MailSource, { html }: ParsedMail, rules: ContentRules): Detail[] {
  if (!rules.salutationByName) return [];
  const isGreeting = html.used.some(
    ({ name, place, isCondition, isFaulty }) =>
      !isCondition && place.kind === "text" && (isFaulty ? misspeltName.test(name) : nameMacros.includes(name)),
  );
  if (isGreeting) return [];
  const text =
    "The mail does not greet recipients by name: add ||name||, #salutation or *|FNAME|*, or switch off the salutation by name.";
  return [errorAt(source, 0, "Q2", text)];
}

function unsubscribeFindings({ language }: MailSource, { html }: ParsedMail): Detail[] {
  const isUnsubscribe = ({ name, isFaulty }: UsedName) => (isFaulty ? /unsub/i.test(name) : name === "UNSUB");
  if (html.used.some((used) => isUnsubscribe(used) && used.place.kind !== "comment" && !used.isCondition)) return [];
  return [
    {
      language,
      rule: "Q8",
      severity: "warning",
      text: `The mail for ${language} has no unsubscribe link (*|UNSUB|*).`,
    },
  ];
}

/** What shows in a mail besides text. */
const pictures = /<(?:img|input|svg|video|v:[a-z]+)\b|\bbackground\b/i;

function emptyFindings(source: MailSource): Detail[] {
  if (inboxLine(source.html) !== "" || pictures.test(source.html)) return [];
  const text = `The mail for ${source.language} is empty: it has neither text nor a picture.`;
  return [errorAt(source, 0, "Q9", text)];
}

function sizeFindings({ language, html }: MailSource): Detail[] {
  const bytes = Buffer.byteLength(html, "utf8");
  if (bytes <= sizeLimitBytes) return [];
  const size = `${Math.ceil(bytes / 1024)} KB`;
  const text = `The HTML for ${language} has ${size}; mail programs cut what is over ${sizeLimitBytes / 1024} KB.`;
  return [{ language, rule: "Q9", severity: "warning", text }];
}

import { findingsLimit } from "../template/contentLimits.ts";
import type { MailSource } from "../template/mail.ts";
import { errorAt, warningAt } from "../template/mailParse.ts";
import { excerpt } from "../template/sourceText.ts";
import { type LinkAlternative, linkText, type TemplateLink } from "../template/templateLinks.ts";
import type { Detail } from "../workOrder.ts";
import { type AddressFault, schemeOf, syntaxFault } from "./addressSyntax.ts";
import { inPrompt } from "./hrefRules.ts";

/** What a mail loads, as messages call it. */
export const resourceNouns = {
  image: "image",
  media: "media file",
  stylesheet: "style sheet",
  font: "font",
} as const;

export type Resource = keyof typeof resourceNouns;

/** What a URL of a mail makes a mail program load; undefined for links and what no mail program loads. */
export function resourceOf({ use }: Pick<TemplateLink, "use">): Resource | undefined {
  return Object.hasOwn(resourceNouns, use) ? (use as Resource) : undefined;
}

/**
 * Images and other resources that no mail program can load (rule Q6), each address once. A `link` element is judged with
 * the links. A font is a warning only: the reader sees another one.
 */
export function resourceFindings(source: MailSource, links: readonly TemplateLink[]): Detail[] {
  const found = new Map<string, Detail>();
  for (const link of links) {
    const resource = resourceOf(link);
    if (found.size > findingsLimit) break;
    if (!resource || link.isFaulty || link.attribute === "href") continue;
    for (const parts of link.alternatives) {
      const fault = faultOf(parts, link, resource);
      if (!fault) continue;
      const text = inPrompt(link, `This ${resourceNouns[resource]} address ${fault.text}.`);
      const finding = fault.severity === "error" && resource !== "font" ? errorAt : warningAt;
      if (!found.has(text)) found.set(text, finding(source, link.offset, "Q6", text));
    }
  }
  return [...found.values()];
}

function faultOf(parts: LinkAlternative, link: TemplateLink, resource: Resource): AddressFault | undefined {
  const [first] = parts;
  const shown = `"${excerpt(linkText(parts))}"`;
  const error = (text: string): AddressFault => ({ severity: "error", text: `${text}: ${shown}` });
  if (first === undefined) return mayBeEmpty(link) ? undefined : { severity: "error", text: "is empty" };
  const syntax = syntaxFault(parts);
  if (syntax || typeof first !== "string") return syntax;
  if (first.startsWith("#") && link.attribute !== "src") return undefined; // a part of an SVG in the mail itself
  const scheme = schemeOf(first);
  if (scheme === undefined) return error("is relative, and no mail program can load it");
  if (scheme === "http" || scheme === "https") return undefined;
  if (scheme === "cid") return error("names an attachment, and these mails have none");
  if (scheme !== "data") return error(`begins with ${scheme}:, which no mail program can load`);
  if (resource === "font") return undefined;
  // Gmail and Outlook leave them out; Apple Mail and Thunderbird show them.
  return {
    severity: "warning",
    text: `holds the ${resourceNouns[resource]} itself (data:), which Gmail and Outlook do not show`,
  };
}

/** An empty background is none, in HTML, CSS and Outlook's VML alike. */
function mayBeEmpty({ element, attribute }: TemplateLink): boolean {
  return attribute === "background" || attribute === "style" || element.startsWith("v:");
}

import type { MailSource } from "../template/mail.ts";
import { errorAt } from "../template/mailParse.ts";
import { excerpt } from "../template/sourceText.ts";
import { type LinkAlternative, linkText, type TemplateLink } from "../template/templateLinks.ts";
import type { Detail } from "../workOrder.ts";

/** What editors and other systems leave where a link should be. */
const unreplaced = /\*\||\|\*|\|\||\{\{|\}\}|\[\[|\]\]|\{%|<%|%%|\$\{|\{[A-Za-z][^}]*\}|(?:^|[/=:])\[[A-Za-z][^\]]*\]/;
const scheme = /^([a-z][a-z0-9+.-]*):/i;
const unsafeSchemes = ["javascript", "vbscript", "data", "file", "about", "blob"];

/** Links that lead nowhere: empty, relative or with a placeholder of another system (rule Q6). */
export function hrefFindings(source: MailSource, links: readonly TemplateLink[]): Detail[] {
  return links
    .filter((link) => link.attribute === "href" && !link.isFaulty)
    .flatMap((link) => {
      const faults = link.alternatives.flatMap((parts) => faultOf(parts) ?? []);
      return [...new Set(faults)].map((fault) =>
        errorAt(source, link.offset, "Q6", inPrompt(link, `This href ${fault}.`)),
      );
    });
}

/** Begins a message about a link with the prompt it stands in, if any. */
export function inPrompt(link: TemplateLink, text: string): string {
  return link.prompt === undefined ? text : `In prompt ${link.prompt}: ${text}`;
}

function faultOf(parts: LinkAlternative): string | undefined {
  const [first] = parts;
  if (first === undefined) return "is empty";
  const shown = `"${excerpt(linkText(parts))}"`;
  if (typeof first !== "string") {
    return first.value.kind === "url" ? undefined : `begins with a value that is no link: ${shown}`;
  }
  const literal = parts.map((part) => (typeof part === "string" ? part : "x")).join("");
  if (unreplaced.test(literal)) return `holds a placeholder that nothing replaces: ${shown}`;
  const name = scheme.exec(first)?.[1]?.toLowerCase();
  if (name === undefined) return `is relative and leads nowhere in a mail: ${shown}`;
  if (unsafeSchemes.includes(name)) return `cannot be followed from a mail: ${shown}`;
  if (/^https?$/.test(name) && !URL.canParse(literal)) return `is no complete web address: ${shown}`;
  if (/^(?:mailto|tel|sms):$/i.test(literal)) return `is empty behind ${literal}`;
  return undefined;
}

import { findActiveMarkup } from "./activeMarkup.ts";
import { isConditionTag } from "./conditions.ts";
import { findingsLimit } from "./contentLimits.ts";
import { isWithin } from "./directiveElements.ts";
import { blankOut, type Directive, scanDirectives } from "./directives.ts";
import { findHashMacros, otherDirective } from "./hashMacros.ts";
import { isBracketedMacro } from "./houseMacros.ts";
import { readPlaces } from "./htmlPlaces.ts";
import { findLeftovers } from "./leftovers.ts";
import type { MailSettings } from "./mail.ts";
import { isMailchimpTag } from "./mergeTags.ts";
import { type HtmlPlaces, placeAt, plainPlace } from "./place.ts";
import { findPlaceholderIds } from "./registrationLinks.ts";
import type { Problem } from "./sourceText.ts";
import type { Parsing } from "./vocabulary.ts";

/** All directives of a source in its order, their places, and the marks that belong to none. */
export interface FoundDirectives extends HtmlPlaces {
  readonly directives: readonly Directive[];
  readonly problems: readonly Problem[];
  /** What is worth a warning, or an error of Prepare alone. */
  readonly remarks: readonly Problem[];
  /** The source with other characters in place of its tags and macros, at the same offsets. */
  readonly masked: string;
}

export function findDirectives(source: string, { settings, part }: Parsing): FoundDirectives {
  const scan = scanDirectives(source);
  // Conditions leave nothing behind, values leave text: so masked, the source has the structure of what it renders to.
  const masked = blankOut(source, scan.directives, (directive) => (isCondition(directive) ? " " : "x"));
  const html: HtmlPlaces = part === "html" ? readPlaces(masked) : { places: [plainPlace(source)], tags: [] };
  // Pipes and stars in a style sheet or script are its own, unless they surround a known name.
  const isForeign = (offset: number) => ["style", "script"].includes(placeAt(html.places, offset).kind);
  const bracketed = scan.directives.filter((found) => !isForeign(found.start) || isOurs(found, settings));
  const blanked = blankOut(source, bracketed, () => otherDirective);
  const leftovers = findLeftovers(source, masked, html.places, html.tags);
  // A macro of another system is not one of ours as well: {{#if}}.
  const own = blankOut(blanked, leftovers, () => otherDirective);
  const hash = findHashMacros(own, html.places, settings.settings.allowedHashtags);
  const ids = part === "html" ? findPlaceholderIds(masked, html.places, settings.settings) : [];
  const directives = [...bracketed, ...hash.directives, ...ids].sort((one, other) => one.start - other.start);
  const isLeftover = ({ offset }: Problem) => isWithin({ start: offset, end: offset + 1 }, leftovers);
  const unclosed = [...scan.problems, ...strayClosings(own), ...encodedMarks(own)].filter(
    (found) => !isForeign(found.offset) && !isLeftover(found),
  );
  const isError = ({ severity }: Problem) => severity !== "warning";
  return {
    ...html,
    directives,
    masked,
    problems: [...unclosed, ...hash.problems, ...leftovers.filter(isError)],
    remarks: [
      ...leftovers.filter((found) => !isError(found)),
      ...(part === "html" ? findActiveMarkup(source, html.places) : []),
    ],
  };
}

function strayClosings(blanked: string): Problem[] {
  return blanked
    .matchAll(/\|\*/g)
    .take(findingsLimit + 1)
    .map(({ index }) => ({ rule: "Q1" as const, offset: index, text: '"|*" closes no tag: *| is missing.' }))
    .toArray();
}

const star = "(?:\\*|&#0*42;|&#x0*2a;|&(?:mid)?ast;)";
const bar = "(?:\\||&#0*124;|&#x0*7c;|&(?:vert|verbar|VerticalLine);)";
const encoded = new RegExp(`${star}${bar}[^|*&<>]{1,60}${bar}${star}|${bar}{2}[a-z-]{2,20}${bar}{2}`, "gi");

/** What an editor wrote with character references shows as a tag and is none: it would go out as it is. */
function encodedMarks(blanked: string): Problem[] {
  return blanked
    .matchAll(encoded)
    .take(findingsLimit + 1)
    .map(({ index, 0: found }) => ({
      rule: "Q1" as const,
      offset: index,
      text: `"${found}" is no tag or macro: write its stars and bars as they are, not as character references.`,
    }))
    .toArray();
}

function isOurs({ notation, body }: Directive, settings: MailSettings): boolean {
  return notation === "house" ? isBracketedMacro(body) : isConditionTag(body) || isMailchimpTag(body, settings);
}

/** True for what opens, divides or closes a condition. */
export function isCondition({ notation, body }: Directive): boolean {
  return notation === "tag" ? isConditionTag(body) : notation === "hash" && /^(?:if|else|endif)\b/.test(body);
}

/** How the content checks name it: `FNAME`, `name`, `#reglink`. */
export function usedName({ notation, body }: Directive): string {
  if (notation === "hash") return `#${body.split(" ")[0]}`;
  return notation === "tag" ? body.replace(/^(?:(?:UPPER|LOWER|TITLE|URL):)+/, "") : body;
}

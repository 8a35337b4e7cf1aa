import { isWithin, overlapping, type Range } from "./directiveElements.ts";
import type { Directive } from "./directives.ts";
import { type Place, placeAt, type Tag } from "./place.ts";

/** Links of Mailchimp's footers to pages that exist at Mailchimp alone. */
const pageTags = new Set(["ABOUT_LIST", "LIST:ADDRESS_VCARD", "LIST:ADDRESS_VCARD_HREF"]);
/** Known in footers only: an author who writes them elsewhere expects what they promise. */
const footerPageTags = new Set([...pageTags, "FORWARD", "REWARDS_TEXT", "TRANSLATE"]);

/** What of Mailchimp's own footers does not go into a mail: tags without a page here, with the links they are the target of. */
export interface FooterCuts {
  /** By start, none within another. */
  readonly cuts: readonly Range[];
  /** Those of them outside of the bar that Mailchimp appends itself: the author of the template sees them there. */
  readonly written: readonly (Range & { readonly tag: string })[];
}

/**
 * Mailchimp appends a bar to templates without a footer of their own, and its stock templates have one, with tags that no
 * author wrote. `LIST:ADDRESSLINE` and the like have values; a link "why did I get this?" to a page of Mailchimp's has
 * none and is left out, with its text.
 */
export function footerCuts(
  source: string,
  tags: readonly Tag[],
  places: readonly Place[],
  directives: readonly Directive[],
  isUnconfigured: (tag: string) => boolean,
): FooterCuts {
  const bars = elementsWith(appended, source, tags);
  const footers = elementsWith(stock, source, tags);
  const found = directives.flatMap((directive) => {
    if (directive.notation !== "tag") return [];
    const isInBar = isWithin(directive, bars);
    const { body } = directive;
    const isPageless =
      pageTags.has(body) ||
      (footerPageTags.has(body) && (isInBar || isWithin(directive, footers))) ||
      (isInBar && isUnconfigured(body));
    if (!isPageless) return [];
    const range = rangeOf(source, tags, placeAt(places, directive.start), directive, directives);
    return range ? [{ ...range, tag: body, isInBar }] : [];
  });
  let behind = 0;
  const cuts = found
    .sort((one, other) => one.start - other.start)
    .filter(({ start, end }) => {
      const isApart = start >= behind;
      if (isApart) behind = end;
      return isApart;
    });
  return { cuts, written: cuts.filter(({ isInBar }) => !isInBar) };
}

/** The bar that Mailchimp appends itself, and the footers of its stock templates. */
const appended = /\bid\s*=\s*["']?canspamBar/i;
const stock = /\b(?:id|class)\s*=\s*["']?[^"'>]*\b(?:templateFooter|footerContent|mceFooter)/i;

/** The outermost elements whose first tag has the mark, each to the tag that closes it, or to the end. */
function elementsWith(mark: RegExp, source: string, tags: readonly Tag[]): Range[] {
  const found: Range[] = [];
  tags.forEach((tag, number) => {
    if (tag.closing || tag.start < (found.at(-1)?.end ?? 0) || !mark.test(source.slice(tag.start, tag.end))) return;
    let depth = 0;
    let last = number;
    for (; last < tags.length; last++) {
      if (tags[last]!.name === tag.name) depth += tags[last]!.closing ? -1 : 1;
      if (depth === 0) break;
    }
    found.push({ start: tag.start, end: tags[last]?.end ?? source.length });
  });
  return found;
}

/** A link in a footer is a line or two. */
const linkLimitCharacters = 5000;

const isLink = ({ name }: Tag) => name === "a";

/** The tag itself in text; the whole element of a link it is the target of. Undefined elsewhere. */
function rangeOf(
  source: string,
  tags: readonly Tag[],
  place: Place,
  directive: Directive,
  directives: readonly Directive[],
): Range | undefined {
  const { start, end } = directive;
  if (place.kind === "text") return { start, end };
  const around = source.slice(place.start, start) + source.slice(end, place.end);
  if (place.kind !== "link" || place.element !== "a" || around.trim() !== "") return undefined;
  const [opening] = overlapping(tags, start, end);
  const next = opening && overlapping(tags, opening.end, opening.end + linkLimitCharacters).find(isLink);
  if (!opening || !next?.closing) return undefined;
  const element = { start: opening.start, end: next.end };
  // A condition that begins or ends in the link holds more than the link.
  const inside = overlapping(directives, element.start, element.end);
  return inside.some(({ body }) => /^(?:IF|ELSE|END:|if\b|else|endif)/.test(body)) ? undefined : element;
}

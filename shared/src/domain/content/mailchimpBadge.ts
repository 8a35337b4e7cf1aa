import { Parser } from "htmlparser2";
import { beyondLimits } from "../template/contentLimits.ts";
import { readPlaces } from "../template/htmlPlaces.ts";
import type { MailSource } from "../template/mail.ts";
import { type Place, placeAt, type Tag } from "../template/place.ts";
import { positionAt } from "../template/sourceText.ts";
import type { Detail } from "../workOrder.ts";

/** Mailchimp's referral badge ("Monkey Rewards") in an HTML source, from the first to behind the last character of it. */
export interface MailchimpBadge {
  readonly start: number;
  readonly end: number;
  /** True if the range holds nothing but the badge. A badge that shares its link with other content cannot go without it. */
  readonly removable: boolean;
}

/** Also behind an image proxy (Gmail's copies of a mail). Shapes: MC_MonkeyReward_15.png, intuit-mc-rewards-2.png, … */
const badgeImage = /\/\/(?:[\w-]+\.)*(?:mailchimp\.com|eep\.io)\/(?:[\w-]+\/)*monkey_rewards\//i;
const referralPage =
  /^\s*(?:https?:)?\/\/(?:[\w-]+\.)*mailchimp\.com\/(?:email-referral|monkey-rewards)(?=[/?#]|\s*$)/i;
/** Short links of Mailchimp: the badge of an account, but also any sign-up form, so their content decides. */
const shortLink = /^\s*(?:https?:)?\/\/(?:www\.)?eepurl\.com\//i;
const badgeWords = /^(?:email marketing )?powered by (?:intuit )?mailchimp[.!®]*$|^mailchimp email marketing$/i;

const mention = /monkey_rewards|email-referral|monkey-rewards|eepurl/i;

/** All badges of a source, in order. Those in Outlook's conditional comments are found, too, but never removable. */
export function mailchimpBadges(html: string): MailchimpBadge[] {
  if (!mention.test(html) || beyondLimits(html, true)) return [];
  const { tags, places } = readPlaces(html);
  const isConditional = (tag: Tag) => placeAt(places, tag.start).conditional;
  const visible = tags.filter((tag) => !isConditional(tag));
  const linked = visible.flatMap((tag, number) =>
    isOpening(tag, "a") ? (badgeLink(html, visible, number) ?? []) : [],
  );
  const isLinked = ({ start }: Tag) => linked.some((badge) => badge.start <= start && start < badge.end);
  const unlinked = visible.flatMap((tag, number) =>
    isBadgeImage(html, tag) && !isLinked(tag) ? [badgeOfImage(html, visible, number, placeAt(places, tag.start))] : [],
  );
  const hidden = tags
    .filter((tag) => isBadgeImage(html, tag) && isConditional(tag))
    .map(({ start, end }) => ({ start, end, removable: false }));
  return [...linked, ...unlinked, ...hidden].sort((one, other) => one.start - other.start);
}

/** A warning (rule Q11) for each badge that stays in the mail because more than the badge would go with it. */
export function badgeFindings({ language, html }: MailSource): Detail[] {
  return mailchimpBadges(html).map(({ start }) => ({
    language,
    rule: "Q11",
    severity: "warning",
    ...positionAt(html, start),
    text: "Mailchimp's badge stays in the mail, because it cannot be separated from other content: remove it from the template.",
  }));
}

function isOpening(tag: Tag, name: string): boolean {
  return tag.name === name && !tag.closing;
}

function isBadgeImage(html: string, tag: Tag): boolean {
  return isOpening(tag, "img") && badgeImage.test(attributesOf(html, tag)["src"] ?? "");
}

function attributesOf(html: string, { start, end }: Tag): Record<string, string> {
  const source = html.slice(start, end);
  if (!mention.test(source) && !/mailchimp/i.test(source)) return {};
  let found: Record<string, string> = {};
  const parser = new Parser({
    onopentag(_name, attributes) {
      found = attributes;
    },
  });
  parser.end(source);
  return found;
}

/** Tags of a badge at most, from `<a>` to `</a>`. */
const linkTagsLimit = 40;

/** The link at tag `number` if it leads to Mailchimp's referral and shows nothing but the badge, as picture or words. */
function badgeLink(html: string, tags: readonly Tag[], number: number): MailchimpBadge | undefined {
  const href = attributesOf(html, tags[number]!)["href"] ?? "";
  const isReferral = referralPage.test(href);
  if (!isReferral && !shortLink.test(href)) return undefined;
  const length = tags.slice(number, number + linkTagsLimit).findIndex(({ name, closing }) => closing && name === "a");
  const inside = tags.slice(number + 1, number + length);
  if (length < 0 || !isInlineContent(inside)) return undefined;
  const images = inside.filter((tag) => isOpening(tag, "img"));
  const words = wordsBetween(html, tags.slice(number, number + length + 1));
  const isBadge =
    images.length === 0
      ? badgeWords.test(words)
      : images.length === 1 && words === "" && (isReferral || showsBadge(html, images[0]!));
  return isBadge ? around(html, tags, number, number + length) : undefined;
}

/** True for pictures, line breaks and elements in text, each closed where it was opened. */
function isInlineContent(tags: readonly Tag[]): boolean {
  const open: string[] = [];
  for (const { name, closing } of tags) {
    if (name === "img" || name === "br") continue;
    if (!inText.has(name)) return false;
    if (!closing) open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

function showsBadge(html: string, image: Tag): boolean {
  const { alt = "", title = "" } = attributesOf(html, image);
  return isBadgeImage(html, image) || badgeWords.test(alt.trim()) || badgeWords.test(title.trim());
}

/** The badge whose picture is tag `number`, in no link that is all badge. */
function badgeOfImage(html: string, tags: readonly Tag[], number: number, { inLink }: Place): MailchimpBadge {
  const isLink = ({ name }: Tag) => name === "a";
  const [first, last] = widened(html, tags, number, number, (tag) => isLink(tag) || inText.has(tag.name), isLink);
  if (isLink(tags[first]!)) return around(html, tags, first, last);
  if (!inLink) return around(html, tags, number, number);
  return { start: tags[number]!.start, end: tags[number]!.end, removable: false };
}

const inText = new Set(["span", "font", "b", "strong", "i", "em", "u", "small"]);
const cells = new Set(["td", "th", "tr", "tbody"]);
const wrapping = new Set([...inText, ...cells, "table", "p", "div", "center"]);
/** What shows even when empty, or is a place links lead to: such an element is more than the badge's wrapping. */
const isMoreThanWrapping = /\b(?:id|name|background|bgcolor|height)\s*=|url\(|background|border|(?<!-)height/i;
/** The bar Mailchimp itself appends, which may be all about the badge. */
const ownBar = /\bid\s*=\s*["']?canspamBar/i;

/** The badge from tag `first` to `last` with the elements that hold nothing else; a table goes whole or not at all. */
function around(html: string, tags: readonly Tag[], first: number, last: number): MailchimpBadge {
  const isWrapping = (tag: Tag) => {
    const source = html.slice(tag.start, tag.end);
    return wrapping.has(tag.name) && (ownBar.test(source) || !isMoreThanWrapping.test(source));
  };
  const [from, to] = widened(html, tags, first, last, isWrapping, ({ name }) => !cells.has(name));
  return { start: tags[from]!.start, end: tags[to]!.end, removable: true };
}

/**
 * Widens a range of tags by the elements that hold only it, blanks and line breaks, as long as they are `accepted`.
 * Returns the widest range whose outermost element is `whole`.
 */
function widened(
  html: string,
  tags: readonly Tag[],
  first: number,
  last: number,
  accepted: (tag: Tag) => boolean,
  whole: (tag: Tag) => boolean = () => true,
): [first: number, last: number] {
  let [from, to] = [first, last];
  let found: [number, number] = [first, last];
  for (;;) {
    const before = neighbour(html, tags, from, -1);
    const behind = neighbour(html, tags, to, 1);
    const [opening, closing] = [tags[before ?? -1], tags[behind ?? -1]];
    if (!opening || !closing || opening.closing || !closing.closing) return found;
    if (opening.name !== closing.name || !accepted(opening)) return found;
    [from, to] = [before!, behind!];
    if (whole(opening)) found = [from, to];
  }
}

/** The next tag in a direction behind nothing but blanks and line breaks; undefined if content comes first. */
function neighbour(html: string, tags: readonly Tag[], number: number, step: 1 | -1): number | undefined {
  for (let at = number; ; at += step) {
    const [one, other] = step === 1 ? [tags[at], tags[at + 1]] : [tags[at - 1], tags[at]];
    if (!one || !other || html.slice(one.end, other.start).replace(blanks, "") !== "") return undefined;
    const next = step === 1 ? other : one;
    if (next.name !== "br") return at + step;
  }
}

const blanks = /(?:\s|&nbsp;|&#160;|&#xa0;)+/gi;

/** The text between neighbouring tags, blanks made one. */
function wordsBetween(html: string, tags: readonly Tag[]): string {
  const texts = tags.slice(1).map((tag, number) => html.slice(tags[number]!.end, tag.start));
  return texts.join(" ").replace(blanks, " ").trim();
}

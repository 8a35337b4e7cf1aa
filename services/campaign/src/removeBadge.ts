/**
 * Removes the last `<center>` block that links to mailchimp.com: the badge or the legal bar Mailchimp adds below a
 * mail. A block that holds the whole mail is its layout and stays. Blocks inside comments (Outlook's) do not count.
 */
export function removeBadge(html: string): string {
  const visible = html.replace(/<!--[\s\S]*?(?:-->|$)/g, (comment) => " ".repeat(comment.length));
  const badge = centerBlocks(visible)
    .filter(({ start, end }) => linkToMailchimp.test(visible.slice(start, end)))
    .findLast(({ start, end }) => hasContent(visible.slice(0, start) + visible.slice(end)));
  return badge ? html.slice(0, badge.start) + html.slice(badge.end) : html;
}

const linkToMailchimp = /<a\b[^<>]*\bhref\s*=\s*["']?\s*(?:https?:)?\/\/(?:[\w-]+\.)*mailchimp\.com(?=[/?#:"'\s>]|$)/i;

interface Block {
  readonly start: number;
  readonly end: number;
}

/** Every closed `<center>` element, by its beginning; one left open is none. */
function centerBlocks(html: string): Block[] {
  const open: number[] = [];
  const blocks: Block[] = [];
  for (const tag of html.matchAll(/<(\/?)center\b[^<>]*>/gi)) {
    if (tag[1] === "") {
      open.push(tag.index);
      continue;
    }
    const start = open.pop();
    if (start !== undefined) blocks.push({ start, end: tag.index + tag[0].length });
  }
  return blocks.sort((one, other) => one.start - other.start);
}

/** Anything a reader could see: text or a picture, outside of style, script and title. */
function hasContent(html: string): boolean {
  const body = html.replace(/<(style|script|title)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, "");
  return /<img\b/i.test(body) || body.replace(/<[^<>]*>/g, "").replace(/&nbsp;|\s/gi, "") !== "";
}

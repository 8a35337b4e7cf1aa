import type { Tag } from "./place.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Elements that only carry a directive an author typed into a line of its own. */
const removable = new Set(["p", "div", "span", "li"]);
/** What an editor wraps around such a directive, and what may go with it. */
const wrappers = new Set([...removable, "b", "strong", "i", "em", "u", "font", "small"]);
const blank = /^(?:\s|&nbsp;|&#160;|&#xa0;|&#8203;|&zwnj;)*$/i;

/**
 * Elements p, div, span and li whose only text is a condition (`#if`, `#else`, `#endif` or the tags of the other
 * notation): removed with everything in them but the conditions, or an empty line would stay for each. `conditions` are
 * by start, in text only.
 */
export function directiveOnlyElements(source: string, tags: readonly Tag[], conditions: readonly Range[]): Range[] {
  const found: Range[] = [];
  let behind = 0;
  tags.forEach((tag, number) => {
    if (tag.closing || tag.start < behind || !removable.has(tag.name)) return;
    const end = elementEnd(source, tags, number, conditions);
    if (end === undefined) return;
    found.push({ start: tag.start, end });
    behind = end;
  });
  return found;
}

/** End of the element that begins with tag `number`, if it holds blanks, wrappers and at least one condition only. */
function elementEnd(
  source: string,
  tags: readonly Tag[],
  number: number,
  conditions: readonly Range[],
): number | undefined {
  const open: string[] = [];
  let hasCondition = false;
  let position = tags[number]!.start;
  for (const tag of tags.slice(number, number + 40)) {
    const text = withoutConditions(source, position, tag.start, conditions);
    if (!blank.test(text.rest)) return undefined;
    hasCondition ||= text.conditions > 0;
    position = tag.end;
    if (tag.closing) {
      if (open.pop() !== tag.name) return undefined;
      if (open.length === 0) return hasCondition ? tag.end : undefined;
    } else if (wrappers.has(tag.name)) {
      open.push(tag.name);
    } else if (tag.name !== "br") {
      return undefined;
    }
  }
  return undefined;
}

function withoutConditions(source: string, start: number, end: number, conditions: readonly Range[]) {
  let rest = "";
  let position = start;
  let count = 0;
  for (const condition of overlapping(conditions, start, end)) {
    rest += source.slice(position, condition.start);
    position = condition.end;
    count += 1;
  }
  return { rest: rest + source.slice(position, end), conditions: count };
}

/** Those of the ranges (by start, none within another) that have a part between start and end. */
export function overlapping<Of extends Range>(ranges: readonly Of[], start: number, end: number): Of[] {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end <= start) low = middle + 1;
    else high = middle;
  }
  let behind = low;
  while (behind < ranges.length && ranges[behind]!.start < end) behind += 1;
  return ranges.slice(low, behind);
}

/** True if the range lies within one of the others. */
export function isWithin(range: Range, outer: readonly Range[]): boolean {
  const [cut] = overlapping(outer, range.start, range.end);
  return cut !== undefined && cut.start <= range.start && range.end <= cut.end;
}

/** The source from start to end, less what is cut out. */
export function without(source: string, start: number, end: number, cuts: readonly Range[]): string {
  let text = "";
  let position = start;
  for (const cut of overlapping(cuts, start, end)) {
    text += source.slice(position, Math.max(position, cut.start));
    position = Math.min(end, cut.end);
  }
  return text + source.slice(position, end);
}

import { overlapping, type Range } from "./directiveElements.ts";
import type { Place } from "./place.ts";
import type { Piece } from "./templateBlocks.ts";

const blank = String.raw`\s|\u200b|&(?:nbsp|Tab|NewLine);|&#0*(?:9|10|12|13|32|160);|&#x0*(?:9|a|c|d|20|a0);`;
const leading = new RegExp(`^(?:${blank})+`, "i");
const lastBlank = new RegExp(`(?:${blank})$`, "i");
/** Of the longest reference, `&#0000000160;` and the like apart. */
const blankCharacters = 12;

function leadingLength(text: string): number {
  return leading.exec(text)?.[0].length ?? 0;
}

/** From the end, one by one: a pattern would restart at each blank of a long text (quadratic time). */
function trailingLength(text: string): number {
  let end = text.length;
  for (;;) {
    const last = lastBlank.exec(text.slice(Math.max(0, end - blankCharacters), end));
    if (!last) return text.length - end;
    end -= last[0].length;
  }
}

/**
 * The blanks around the URLs of attributes that hold one: browsers ignore them, mail programs do not. Around the whole
 * value, and around what each branch of a condition adds at its beginning and end.
 */
export function blanksAroundLinks(source: string, places: readonly Place[], pieces: readonly Piece[]): Range[] {
  return places
    .filter(({ kind }) => kind === "link")
    .flatMap((place) => {
      const value = source.slice(place.start, place.end);
      const inside = overlapping(pieces, place.start, place.end);
      const mayHaveBlanks = inside.length > 0 || leadingLength(value) + trailingLength(value) > 0;
      return mayHaveBlanks ? blanksIn(source, place, inside) : [];
    })
    .sort((one, other) => one.start - other.start);
}

function blanksIn(source: string, place: Range, pieces: readonly Piece[]): Range[] {
  const parts: (Range | Piece)[] = [];
  let position = place.start;
  for (const piece of pieces) {
    parts.push({ start: position, end: piece.start }, piece);
    position = piece.end;
  }
  parts.push({ start: position, end: place.end });
  const atStart = edge(parts, "open", "close", ({ start, end }) => leadingLength(source.slice(start, end)));
  const atEnd = edge(parts.toReversed(), "close", "open", ({ start, end }) => trailingLength(source.slice(start, end)));
  const cuts = [
    ...atStart.map(({ range: { start }, length }) => ({ start, end: start + length })),
    ...atEnd.map(({ range: { end }, length }) => ({ start: end - length, end })),
  ];
  // A text of blanks alone is found from both ends.
  const seen = new Set<number>();
  return cuts.filter(({ start, end }) => {
    const isNew = !seen.has(start) && !seen.has(-end);
    seen.add(start).add(-end);
    return isNew;
  });
}

/** The texts at one edge of the value, through all branches of the conditions there, with the length of their blanks. */
function edge(
  parts: readonly (Range | Piece)[],
  opens: "open" | "close",
  closes: "open" | "close",
  blanksOf: (range: Range) => number,
): { range: Range; length: number }[] {
  const found: { range: Range; length: number }[] = [];
  const outer: boolean[] = [];
  let isEdge = true;
  for (const part of parts) {
    if (!("content" in part)) {
      const length: number = isEdge ? blanksOf(part) : 0;
      if (length > 0) found.push({ range: part, length });
      isEdge &&= length === part.end - part.start;
    } else if (part.content.is === "nodes") {
      isEdge = false;
    } else if (part.content.is === opens) {
      outer.push(isEdge);
    } else if (part.content.is === closes) {
      outer.pop();
    } else {
      isEdge = outer.at(-1) ?? false;
    }
  }
  return found;
}

import { overlapping } from "./directiveElements.ts";
import type { Place } from "./place.ts";
import type { Piece } from "./templateBlocks.ts";

/**
 * Every mail goes out in UTF-8, so a `meta` of its HTML may declare nothing else: a mail program that believes it more
 * than the header of the part would show other letters. One piece with the right charset for each wrong one.
 */
export function charsetPieces(source: string, places: readonly Place[], pieces: readonly Piece[]): Piece[] {
  return places.flatMap((place) => {
    if (place.element !== "meta" || (place.attribute !== "charset" && place.attribute !== "content")) return [];
    const value = source.slice(place.start, place.end);
    const declared =
      place.attribute === "charset" ? /^\s*([^\s]+)/.exec(value) : /\bcharset\s*=\s*([^\s;"']+)/i.exec(value);
    const charset = declared?.[1];
    if (charset === undefined || /^utf-?8$/i.test(charset)) return [];
    const start = place.start + declared!.index + declared![0].length - charset.length;
    const end = start + charset.length;
    if (overlapping(pieces, start, end).length > 0) return [];
    return [{ start, end, place, source: charset, content: { is: "nodes" as const, nodes: ["utf-8"] } }];
  });
}

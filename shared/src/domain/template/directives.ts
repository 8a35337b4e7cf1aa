import { findingsLimit } from "./contentLimits.ts";
import { decodeAttribute, excerpt, type Problem } from "./sourceText.ts";

/** One tag or macro in a source. `body` is the text between its marks, white space and character references resolved. */
export interface Directive {
  readonly start: number;
  readonly end: number;
  readonly notation: "tag" | "house" | "hash";
  readonly body: string;
}

export interface Scan {
  readonly directives: readonly Directive[];
  readonly problems: readonly Problem[];
}

/** `*|…|*` and `||…||`; in links their marks may be percent-encoded. */
const opening = /(?:\*|%2A)(?:\||%7C)|(?:\||%7C){2}/gi;
const tagRest = /((?:(?!%7C)[^|]){0,200})(?:\||%7C)(?:\*|%2A)/iy;
const houseRest = /((?:(?!%7C)[^|]){0,200})(?:\||%7C){2}/iy;
/** Names of the macros written between double bars. */
export const bracketedMacros: readonly string[] = ["name", "pid", "aid", "hash", "coord-email", "retreats", "balance"];
/** Bars with a blank and no macro's name behind them divide a text: `Home || About || Contact`. */
const blank = "(?:\\s|&nbsp;|&#160;|&#xa0;|%20|\\+)";
const divider = new RegExp(`${blank}+(?!${blank}|(?:${bracketedMacros.join("|")})(?![\\p{L}\\p{N}-]))|$`, "iuy");
const markup = /<[a-z/!][^>]*>/gi;
const nameLike = /^[\w:. =!<>-]{1,60}$/;

/** Finds the directives of both bracketed notations; `#` macros depend on what surrounds them (see hashMacros). */
export function scanDirectives(source: string): Scan {
  const directives: Directive[] = [];
  const problems: Problem[] = [];
  opening.lastIndex = 0;
  for (let at = opening.exec(source); at && problems.length <= findingsLimit; at = opening.exec(source)) {
    const notation = /^(?:\*|%2A)/i.test(at[0]) ? "tag" : "house";
    const contentStart = at.index + at[0].length;
    if (notation === "house" && isDivider(source, contentStart)) continue;
    const content = contentAt(source, contentStart, notation);
    if (content === undefined) {
      if (notation === "tag" && source[contentStart] === "|") {
        opening.lastIndex = contentStart - 1; // a star before a house macro: *||name||
      } else {
        problems.push(unclosed(source, at.index, notation));
      }
      continue;
    }
    const bare = content.text.replace(markup, "");
    if (bare === content.text) {
      const body = normalised(content.text, /%7C|%2A/i.test(at[0]));
      directives.push({ start: at.index, end: content.end, notation, body });
      opening.lastIndex = content.end;
    } else if (nameLike.test(bare.trim())) {
      problems.push(markupInside(source, at.index, content.end));
      opening.lastIndex = content.end;
    } else {
      problems.push(unclosed(source, at.index, notation));
    }
  }
  return { directives, problems };
}

/** The source with every range (by start, none within another) replaced by as many of one character, so that offsets stay. */
export function blankOut<Of extends { readonly start: number; readonly end: number }>(
  source: string,
  ranges: readonly Of[],
  character: (of: Of) => string,
): string {
  let blanked = "";
  let position = 0;
  for (const range of ranges) {
    blanked += source.slice(position, range.start) + character(range).repeat(range.end - range.start);
    position = range.end;
  }
  return blanked + source.slice(position);
}

/** Character references and runs of white space resolved. */
export function normalised(text: string, percentEncoded = false): string {
  return decodeAttribute(percentEncoded ? percentDecoded(text) : text)
    .replace(/\s+/g, " ")
    .trim();
}

function contentAt(
  source: string,
  start: number,
  notation: "tag" | "house",
): { text: string; end: number } | undefined {
  const rest = notation === "tag" ? tagRest : houseRest;
  rest.lastIndex = start;
  const match = rest.exec(source);
  return match ? { text: match[1]!, end: rest.lastIndex } : undefined;
}

function isDivider(source: string, start: number): boolean {
  divider.lastIndex = start;
  return divider.test(source);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % is no encoding: the text stays as it is and will be an unknown tag
  }
}

function unclosed(source: string, offset: number, notation: "tag" | "house"): Problem {
  const close = notation === "tag" ? "|*" : "||";
  const line = excerpt(source.slice(offset, offset + 40).split(/[\r\n]/)[0]!, 30);
  return { rule: "Q1", offset, text: `"${line}" is not closed: ${close} is missing.` };
}

function markupInside(source: string, start: number, end: number): Problem {
  const found = excerpt(source.slice(start, end));
  return { rule: "Q1", offset: start, text: `"${found}" has markup inside: format the whole macro or none of it.` };
}

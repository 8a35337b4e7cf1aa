import { Parser } from "htmlparser2";
import type { Problem } from "./sourceText.ts";

/** Far above any real mail; content beyond these limits is refused. */
export const sizeLimitBytes = 500 * 1024;
const nestingLimit = 500;
export const findingsLimit = 1000;

/** What is read at once while nesting is counted: no more than this is read of a source that is nested too deeply. */
const portionCharacters = 4096;

/**
 * Why a source is not read at all; undefined if it is within the limits. Takes time in proportion to the size of the
 * source and no stack, whatever it holds: nothing else looks at a source that was not judged here.
 */
export function beyondLimits(source: string, isHtml: boolean): Problem | undefined {
  const bytes = Buffer.byteLength(source, "utf8");
  if (bytes > sizeLimitBytes) return tooLarge(bytes);
  const offset = isHtml ? tooDeep(source) : undefined;
  if (offset === undefined) return undefined;
  const text = `Elements are nested more than ${nestingLimit} deep from here on: close those that are left open.`;
  return { rule: "Q9", offset, text };
}

/** The finding for a source that has, with the prompts it inserts, too many bytes; undefined if it has not. */
export function largerWithPrompts(bytes: number): Problem | undefined {
  return bytes > sizeLimitBytes ? tooLarge(bytes, " with the prompts it inserts") : undefined;
}

/** The finding that replaces all that are not listed. */
export function tooManyFindings(): Problem {
  return {
    rule: "Q1",
    offset: 0,
    text: `More than ${findingsLimit} findings: only the first ${findingsLimit} are listed.`,
  };
}

function tooLarge(bytes: number, what = ""): Problem {
  const text = `The content has ${Math.ceil(bytes / 1024)} KB${what}, more than the ${sizeLimitBytes / 1024} KB of the largest mail: shorten it.`;
  return { rule: "Q9", offset: 0, text };
}

/** Where the nesting passes the limit, as browsers nest: what may be left open, such as `p` and `td`, closes by itself. */
function tooDeep(source: string): number | undefined {
  let depth = 0;
  let offset: number | undefined;
  const parser = new Parser({
    onopentagname() {
      depth += 1;
      if (depth > nestingLimit) offset ??= parser.startIndex;
    },
    onclosetag() {
      depth -= 1;
    },
  });
  for (let start = 0; start < source.length && offset === undefined; start += portionCharacters)
    parser.write(source.slice(start, start + portionCharacters));
  return offset;
}

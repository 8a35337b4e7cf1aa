import { Parser } from "htmlparser2";

/** A fault in a source, at the offset of the text it is about. A warning forbids nothing. */
export interface Problem {
  /** An error if absent. */
  readonly severity?: "error" | "warning";
  readonly rule: "Q1" | "Q6" | "Q9" | "Q12";
  readonly offset: number;
  readonly text: string;
}

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset in a source; lines end with `\n`. */
export function positionAt(source: string, offset: number): Position {
  const starts = lineStarts(source);
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low]! + 1 };
}

/** A broken source has thousands of faults: its lines are counted once for all of them. */
let counted = { source: "", starts: [0] };

function lineStarts(source: string): readonly number[] {
  if (counted.source !== source) {
    const starts = [0];
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
    counted = { source, starts };
  }
  return counted.starts;
}

/** A piece of source on one line, short enough for a message. */
export function excerpt(text: string, limitCharacters = 80): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > limitCharacters ? `${line.slice(0, limitCharacters)}…` : line;
}

/** What an attribute's value means: character references decoded as HTML decodes them in attributes. */
export function decodeAttribute(text: string): string {
  if (!text.includes("&")) return text;
  let decoded = "";
  const parser = new Parser({
    onattribute(_name, value) {
      decoded = value;
    },
  });
  parser.end(`<a x="${text.replaceAll('"', "&quot;")}">`);
  return decoded;
}

import { Parser } from "htmlparser2";

/** A fault in a source, at the offset of the text it is about. */
export interface Problem {
  readonly rule: "Q1" | "Q6";
  readonly offset: number;
  readonly text: string;
}

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where an offset stands in a source; lines end with `\n`. */
export function positionAt(source: string, offset: number): Position {
  const before = source.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  return { line: before.split("\n").length, column: offset - lastBreak };
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

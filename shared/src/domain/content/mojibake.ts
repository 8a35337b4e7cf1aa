/** Text that was UTF-8 and was read in Windows-1252, or Windows-1252 read as Latin-1, at its place; `right` is what it was meant to be. */
export interface Mojibake {
  readonly index: number;
  readonly garbled: string;
  readonly right: string;
}

/** The bytes of the characters Windows-1252 has at 0x80 to 0x9F (WHATWG Encoding, index windows-1252). */
const bytesOf = new Map(
  Array.from({ length: 32 }, (_, number) => [
    new TextDecoder("windows-1252").decode(Uint8Array.of(0x80 + number)),
    0x80 + number,
  ]),
);
const following = `[\\u0080-\\u00bf${[...bytesOf.keys()].filter((character) => character > "\xff").join("")}]`;
const twoBytes = `[\\u00c2-\\u00df]${following}`;
/** Two bytes are mojibake with the two letters that begin all of Latin-1, or several times in a row; more bytes always. */
const suspicious = new RegExp(
  `[\\u0080\\u0082-\\u008c\\u008e\\u0091-\\u009c\\u009e\\u009f]|[\\u00e0-\\u00ef]${following}{2}|[\\u00f0-\\u00f4]${following}{3}|(?:${twoBytes}){2,}|[\\u00c2\\u00c3](?![«»])${following}|(?<!\\p{L})\\u00c2(?= |&nbsp;)`,
  "gu",
);
/** As editors write it that make character references of what is not ASCII. */
const inReferences =
  /&acirc;&euro;&[a-z]+\d*;|&Atilde;&(?:[a-z]+\d*|#\d+);|&Acirc;&(?:nbsp|copy|reg|deg|middot|pound|sect);/;

/** The first mojibake of a text; undefined if there is none. */
export function mojibakeIn(text: string): Mojibake | undefined {
  for (const match of text.matchAll(suspicious)) {
    const right = match[0] === "\u00c2" ? "\u00a0" : match[0] < "\u00a0" ? characterOf(match[0]) : repaired(match[0]);
    if (right !== undefined) return { index: match.index, garbled: match[0], right };
  }
  const reference = inReferences.exec(text);
  return reference ? { index: reference.index, garbled: reference[0], right: "another character" } : undefined;
}

/** What a control character is as a byte of Windows-1252: a quote or dash that was read as Latin-1. */
function characterOf(control: string): string {
  return new TextDecoder("windows-1252").decode(Uint8Array.of(control.charCodeAt(0)));
}

/** The text whose UTF-8 it is; undefined if it is none. */
function repaired(garbled: string): string | undefined {
  const bytes = Uint8Array.from(garbled, (character) => bytesOf.get(character) ?? character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

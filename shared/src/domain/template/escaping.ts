const htmlSpecial = /[&<>"']/;
const htmlReferences: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Controls other than tab and line breaks, lone surrogates, and the noncharacters the text part marks its fields with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const unprintable = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef]|\p{Surrogate}/gu;

/** A value without characters that no mail may carry. */
export function printable(text: string): string {
  return text.replace(unprintable, "");
}

/** Safe as text of an element and inside a quoted attribute; also inside a comment, which ends at `>` only. */
export function escapeHtml(text: string): string {
  const clean = printable(text);
  return htmlSpecial.test(clean) ? clean.replace(/[&<>"']/g, (character) => htmlReferences[character]!) : clean;
}

/** One component of a URL (RFC 3986 unreserved characters stay), safe inside an attribute without further escaping. */
export function percentEncode(text: string): string {
  return encodeURIComponent(printable(text)).replaceAll("'", "%27");
}

/** As percentEncode, with the `@` that a mailto link needs as it is (RFC 6068). */
export function percentEncodeAddress(text: string): string {
  return percentEncode(text).replaceAll("%40", "@");
}

/** Turn the direction of what follows, past the end of a value: one name could reorder a whole subject. */
const bidiControls = /[\u202a-\u202e\u2066-\u2069]/g;

/** One line without control characters: for subjects and headers. */
export function oneLine(text: string): string {
  const line = text.toWellFormed().replace(/[\p{Cc}\u2028\u2029\ufdd0-\ufdef]+/gu, " ");
  return line.replace(bidiControls, "");
}

/** Safe in a style sheet, inside and outside of strings. */
export function escapeCss(text: string): string {
  return printable(text).replace(/[^\p{L}\p{N}]/gu, (character) => `\\${character.codePointAt(0)!.toString(16)} `);
}

/** Safe inside a string of a script. */
export function escapeScript(text: string): string {
  return printable(text).replace(/[^A-Za-z0-9 ]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

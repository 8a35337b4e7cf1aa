const htmlSpecial = /[&<>"']/;
const htmlReferences: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * Controls other than tab and line breaks; bidi embeddings, overrides, isolates and their deprecated kin (UAX #9), which
 * change the text direction beyond the end of a value, so that one name could reorder a whole line; lone
 * surrogates; the noncharacters the text part marks its fields with.
 */
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufdd0-\ufdef]|\p{Surrogate}/gu;

/** Characters without width that mean nothing between two letters, unlike the joiners of many scripts and of emoji. */
const zeroWidth = /[\u00ad\u180e\u200b\u2060-\u2064\ufeff]/g;
/** White space of Unicode, and three letters of other categories that show as a blank. */
const blanks = /[\s\x85\u2800\u3164\uffa0]+/g;
/** Joiners: before the first letter and behind the last one they join nothing. */
const joiners = /^[\p{Join_Control} ]+/u;
/** Nothing but blanks, joiners and direction marks, which show nothing by themselves. */
const invisible = /^[\s\p{Join_Control}\p{Bidi_Control}]*$/u;

/**
 * A value as people read it: without what no mail may carry, trimmed, with runs of white space of any kind as one blank.
 * What shows nothing is empty. Imports and forms leave tabs, no-break spaces and zero-width characters around names.
 */
export function tidied(text: string): string {
  const single = printable(text.replace(zeroWidth, "")).replace(blanks, " ");
  return invisible.test(single) ? "" : single.replace(joiners, "").trimEnd();
}

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

/** One line without control characters: for subjects and headers. */
export function oneLine(text: string): string {
  return printable(text.toWellFormed().replace(/[\p{Cc}\u2028\u2029\ufdd0-\ufdef]+/gu, " "));
}

/** Safe in a style sheet, inside and outside of strings. */
export function escapeCss(text: string): string {
  return printable(text).replace(/[^\p{L}\p{N}]/gu, (character) => `\\${character.codePointAt(0)!.toString(16)} `);
}

/** Safe inside a string of a script. */
export function escapeScript(text: string): string {
  return printable(text).replace(/[^A-Za-z0-9 ]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The text of a template file, or its fault as the predicate of a sentence that begins with the file name. */
export type DecodedTemplate = { readonly text: string } | { readonly problem: string };

/**
 * Decodes a template file: by its byte order mark, else by the charset it declares, else as UTF-8 (the order of HTML,
 * "determining the character encoding"). What cannot be decoded so without loss has a `problem`.
 */
export function decodeTemplate(bytes: Uint8Array): DecodedTemplate {
  const mark = byteOrderMark(bytes);
  const label = mark ?? declaredCharset(bytes);
  if (label === undefined || isUtf8(label))
    return decoded(bytes, "utf-8", label === undefined ? unknownEncoding : notUtf8);
  const encoding = encodingOf(label);
  if (!encoding) return { problem: `declares the encoding "${label}", which does not exist: save it as UTF-8.` };
  // Text in another encoding is UTF-8 by chance only as long as it is ASCII.
  if (!mark && !encoding.startsWith("utf-16") && hasForeign(bytes) && "text" in decoded(bytes, "utf-8", ""))
    return { problem: `declares the encoding "${label}", but is UTF-8: declare UTF-8.` };
  return decoded(bytes, encoding, `is not in the encoding "${label}" that it declares: save it as UTF-8.`);
}

const notUtf8 = "is declared to be UTF-8 and is not: save it as UTF-8.";
/** UTF-16 or UTF-32 that was taken for ASCII, or no text at all. */
const noText = "holds NUL characters, as UTF-16 without a byte order mark does: save it as UTF-8.";
const unknownEncoding = "is not UTF-8 and declares no other encoding: save it as UTF-8.";

function byteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** Browsers look at 1,024 bytes; editors put more in front of it. */
const headBytes = 16_384;

/** The charset of the first `meta` that declares one, or of the XML declaration. */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, headBytes)).replace(/<!--[\s\S]*?(?:-->|$)/g, "");
  const meta = /<meta\s[^>]*?\bcharset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(head);
  const label = (meta ?? /^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']+)/i.exec(head))?.[1];
  // It was read as ASCII, so it cannot be UTF-16 (HTML, "prescan a byte stream to determine its encoding").
  return label !== undefined && /^utf-?16/i.test(label) ? "utf-8" : label;
}

function encodingOf(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function isUtf8(label: string): boolean {
  return encodingOf(label) === "utf-8";
}

function hasForeign(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte > 0x7f);
}

function decoded(bytes: Uint8Array, encoding: string, problem: string): DecodedTemplate {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes("\0") ? { problem: noText } : { text };
  } catch {
    return { problem };
  }
}

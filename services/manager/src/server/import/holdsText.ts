/** Longer than any id or address. */
const overlap = 1000;

/**
 * Whether a file, given in pieces, holds one of these ids or mail addresses as a word of its own, in upper or lower case,
 * whatever its encoding: the letters of addresses are the same bytes in all that imports read, in UTF-16 with zeros between them.
 */
export async function holdsText(parts: AsyncIterable<Uint8Array>, texts: readonly string[]): Promise<boolean> {
  const wanted = new Set(
    texts.flatMap((text) => [text, Buffer.from(text).toString("latin1")]).map((text) => text.toLowerCase()),
  );
  let tail = "";
  for await (const part of parts) {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("latin1");
    const text = tail + bytes.replaceAll("\0", "").toLowerCase();
    for (const one of wanted) if (holdsWord(text, one)) return true;
    tail = text.slice(-overlap);
  }
  return false;
}

const inWord = /[a-z0-9._%+@-]/;

/** The end of a piece counts as the end of a word: rather one file too many. */
function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (!inWord.test(text.charAt(at - 1)) && !inWord.test(text.charAt(at + word.length))) return true;
  return false;
}

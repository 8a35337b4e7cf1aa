/**
 * Compares two sort keys as DynamoDB orders them: by their UTF-8 bytes, which is the order of code points. JavaScript's
 * `<` compares UTF-16 units and differs where one text has a character beyond U+FFFF.
 */
export function compareIds(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return weight(a) - weight(b);
  }
  return one.length - other.length;
}

/** Surrogates (U+D800 to U+DFFF) encode the characters beyond U+FFFF, so they sort after every other unit. */
function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** RFC 5321 4.5.3.1: the limits of a local part, a domain and a path. */
const localLimit = 64;
const addressLimit = 254;

/**
 * The characters of RFC 5322 3.2.3 dot-atom, with RFC 6531's non-ASCII. Dots may stand anywhere, also two in a row or at
 * an end: providers gave out such addresses, and on the wire they are quoted. Local parts written in quotes are valid by
 * the RFC but are typing errors in lists of people.
 */
const atomCharacters = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-\\u0080-\\u{10FFFF}]";
const localPart = new RegExp(`^\\.*${atomCharacters}(?:${atomCharacters}|\\.)*$`, "u");

const label = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;

/**
 * The mail address in a text, without surrounding blanks; undefined if the text is blank or not one address
 * (`local@domain`, where the domain has at least two labels).
 */
export function mailAddress(text: string | null | undefined): string | undefined {
  const address = (text ?? "").trim();
  const at = address.lastIndexOf("@");
  if (at < 1 || at > localLimit || address.length > addressLimit || /[\s\p{C}]/u.test(address)) return undefined;
  const labels = address.slice(at + 1).split(".");
  const isDomain = labels.length > 1 && labels.every((part) => label.test(part)) && !/^\d+$/.test(labels.at(-1)!);
  return isDomain && localPart.test(address.slice(0, at)) ? address : undefined;
}

/** True if both texts hold the same address, ignoring case and surrounding blanks. */
export function isSameAddress(one: string | null | undefined, other: string | null | undefined): boolean {
  return (one ?? "").trim().toLowerCase() === (other ?? "").trim().toLowerCase();
}

/**
 * Every mail address in a text becomes `…@domain`, percent-encoded ones (`ana%40example.org`) too. For messages, details
 * and logs: it rather hides too much. Takes time linear in the text, which may come from a foreign server.
 */
export function maskAddresses(text: string): string {
  return text.replace(/"[^"]*"(?=@)/g, "…").replace(/[^\s<>"(),;:[\]]+/g, (word) => {
    const at = lastAt(word);
    return at.index < 1 ? word : `…@${word.slice(at.index + at.length)}`;
  });
}

function lastAt(word: string): { index: number; length: number } {
  const plain = word.lastIndexOf("@");
  const encoded = word.lastIndexOf("%40");
  return plain >= encoded ? { index: plain, length: 1 } : { index: encoded, length: 3 };
}

/** RFC 5321 4.5.3.1: the limits of a local part, a domain and a path. */
const localLimit = 64;
const addressLimit = 254;

/**
 * The characters of RFC 5322 3.2.3 dot-atom, with RFC 6531's non-ASCII. Dots are allowed anywhere, also two in a row or at
 * an end: providers issue such addresses, and on the wire they are quoted. Local parts written in quotes are valid by
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

/** The domain of an address, in lower case; of a text without an `@` the whole. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** True if both texts hold the same address, ignoring case and surrounding blanks. */
export function isSameAddress(one: string | null | undefined, other: string | null | undefined): boolean {
  return (one ?? "").trim().toLowerCase() === (other ?? "").trim().toLowerCase();
}

/**
 * An `@` in the spellings of URLs (encoded once or more), HTML, JSON, logs of mail servers and full width, and of
 * quoted-printable (RFC 2045 6.7) where the label of a domain follows.
 */
const encodedAt = /%(?:25)*40|&(?:#0*64|#x0*40|commat);|\\(?:u00|x)40|(?<=\w)=40(?=[a-z][a-z\d-]*\.)|[\uFF20\uFE6B]/gi;
/** What ends a word; all else may belong to a local part. */
const word = '[^\\s<>"(),;:[\\]]';
const words = new RegExp(`${word}+`, "g");
/**
 * A quoted string in a local part (RFC 5322 3.2.4), with what follows it there. The first form knows `\"`; its length is
 * limited so that it takes linear time.
 */
const quotedLocal = new RegExp(`"(?:[^"\\\\]|\\\\[^]){0,130}"(?=${word}*@)|"[^"]*"(?=${word}*@)`, "g");
/** A local part with a comment behind it (RFC 5322 3.2.2). */
const commentedLocal = new RegExp(`(?<!${word})${word}+\\([^()]*\\)(?=@)`, "g");

/**
 * Every mail address in a text becomes `…@domain`, also where its `@` is encoded (`ana%40example.org`), its local part is
 * quoted, or its domain is not ASCII. For messages, details and logs: when in doubt it masks. Takes time linear in the
 * text, which may come from a foreign server.
 */
export function maskAddresses(text: string): string {
  const plain = text.replace(encodedAt, "@");
  if (!plain.includes("@")) return plain;
  return plain
    .replace(quotedLocal, "…")
    .replace(commentedLocal, "…")
    .replace(words, (found) => {
      const at = found.lastIndexOf("@");
      return at < 1 ? found : `…${found.slice(at)}`;
    });
}

/** The people a search covers. */
export interface Searchable {
  readonly participantId?: string;
  readonly name: string;
  readonly email: string;
}

/** The shortest text a participant search accepts: one letter would list a large part of all people. */
const shortestSearch = 2;

/** True if a text is long enough for a search over all participants. */
export function isSearch(text: string): boolean {
  return folded(text).length >= shortestSearch;
}

/** `whole` for users who may not see addresses: a search by prefix would reveal an address letter by letter. */
export type AddressSearch = "prefix" | "whole";

/**
 * Finds people by the beginning of their name (or of one of its words) or by their address, ignoring case, accents and
 * doubled blanks, or by their whole id. `text` is not blank.
 */
export function recipientSearch(text: string, addresses: AddressSearch): (person: Searchable) => boolean {
  const wanted = folded(text);
  const id = text.trim();
  return ({ participantId, name, email }) => {
    if (participantId === id) return true;
    const address = folded(email);
    if (addresses === "prefix" ? address.startsWith(wanted) : address === wanted) return true;
    return wordBeginsWith(folded(name), wanted);
  };
}

/** Letters that Unicode does not take apart into a letter and its mark. */
const plainLetters: Readonly<Record<string, string>> = {
  ...{ ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ħ: "h", ı: "i", ł: "l", þ: "th", ŧ: "t" },
};
const notPlain = new RegExp(`[${Object.keys(plainLetters).join("")}]`, "g");

/** Lower case without accents, blanks collapsed: `  José  ŁUKASZ ` becomes `jose lukasz`. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(notPlain, (letter) => plainLetters[letter] ?? letter)
    .replace(/\s+/g, " ")
    .trim();
}

function wordBeginsWith(name: string, wanted: string): boolean {
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) {
    if (at === 0 || /[\s\-'’.,(]/.test(name[at - 1] ?? "")) return true;
  }
  return false;
}

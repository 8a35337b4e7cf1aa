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

/** `whole` for users who may not see addresses: a search by a part would reveal an address letter by letter. */
export type AddressSearch = "part" | "whole";

/** A search, taken apart once for many people. */
export interface PeopleQuery {
  /** The name, address or id of each person who fits holds one of these texts, so others need not be looked at. */
  readonly needles: readonly string[];
  /** The name is `foldedName` already, the address `folded`. */
  fits(person: Searchable): boolean;
}

/** From so many letters on, a word is also looked for in the middle of addresses. */
const innerPartLength = 4;

/**
 * Finds people whose name or address fits every word of `text`, in any order, or whose id begins with it. A word fits the
 * beginning of any word of the name, the beginning of the address or of a part of it, and with four letters any place
 * of the address. Case, accents and doubled blanks are ignored in names and addresses, and in names how an umlaut is
 * written: Müller is Mueller and Muller. `text` is not blank.
 */
export function peopleQuery(text: string, addresses: AddressSearch): PeopleQuery {
  const id = text.trim();
  const words = folded(text).split(" ");
  const longest = words.reduce((one, other) => (other.length > one.length ? other : one));
  const addressFits = (address: string, word: string) =>
    addresses === "whole" ? address === word : hasPart(address, word);
  return {
    needles: [...new Set([longest, withoutUmlauts(longest), id])],
    fits: ({ participantId, name, email }) =>
      participantId?.startsWith(id) === true ||
      words.every((word) => beginsWord(name, withoutUmlauts(word), nameBreaks) || addressFits(email, word)),
  };
}

/** True for people who fit `text`: see `peopleQuery`. */
export function recipientSearch(text: string, addresses: AddressSearch): (person: Searchable) => boolean {
  const { fits } = peopleQuery(text, addresses);
  return ({ name, email, ...person }) => fits({ ...person, name: foldedName(name), email: folded(email) });
}

function hasPart(address: string, word: string): boolean {
  return word.length >= innerPartLength ? address.includes(word) : beginsWord(address, word, addressBreaks);
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

/** A name as searches compare it: `folded`, with ae, oe and ue as a, o and u. */
export function foldedName(name: string): string {
  return withoutUmlauts(folded(name));
}

/**
 * Drops the e that may stand for the dots of an umlaut. Each letter is judged by the one before it alone, so the beginning
 * of a word stays the beginning of the word.
 */
const withoutUmlauts = (text: string) => text.replace(/([aou])e/g, "$1");

const nameBreaks = /[\s\-'’.,(]/;
const addressBreaks = /[.@+_-]/;

function beginsWord(text: string, word: string, breaks: RegExp): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || breaks.test(text[at - 1] ?? "")) return true;
  }
  return false;
}

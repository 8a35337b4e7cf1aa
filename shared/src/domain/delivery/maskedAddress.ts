import { maskAddresses } from "../recipients/address.ts";

/**
 * An address as it is shown to people who may not see addresses: the first character and the domain, `j…@example.org`. A
 * text that is no address becomes `…`, a blank one stays empty.
 */
export function maskedAddress(address: string): string {
  const text = address.trim();
  if (text === "") return "";
  const at = text.lastIndexOf("@");
  const [first = ""] = text;
  return at < 1 ? "…" : `${first}…${text.slice(at)}`;
}

/**
 * A text about one recipient, such as the reply of a mail server, for people who may not see addresses: besides every
 * address their own local part becomes `…` wherever it is written alone (`unknown local-part "ana"`), in any case,
 * percent-encoded, in quotes or without its `+` detail. When in doubt it masks.
 */
export function maskRecipient(text: string, address: string): string {
  const masked = maskAddresses(text);
  const spellings = localSpellings(address.trim());
  if (!spellings.some((spelling) => mayHold(masked, spelling))) return masked;
  const anyOf = spellings.map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
  return masked.replace(new RegExp(`(?<![\\p{L}\\p{N}])(?:${anyOf})(?![\\p{L}\\p{N}])`, "giu"), "…");
}

/** False only where the spelling is surely absent: a pattern of its own for each of 100,000 rows takes minutes. */
function mayHold(text: string, spelling: string): boolean {
  // Beyond ASCII, case folding is left to the pattern.
  return /[^ -~]/.test(text) || text.toLowerCase().includes(spelling.toUpperCase().toLowerCase());
}

/** Longest first, so that no spelling leaves the rest of a longer one. */
function localSpellings(address: string): string[] {
  const at = address.lastIndexOf("@");
  const local = at < 0 ? address : address.slice(0, at);
  const plain = /^"(.*)"$/.exec(local)?.[1] ?? local;
  const decoded = [plain, plain.replace(/[+].*$/, "")].flatMap((part) => [
    part,
    part.normalize("NFC"),
    part.normalize("NFD"),
  ]);
  const written = decoded.flatMap((part) => [part, encodeURIComponent(part.toWellFormed()), htmlEscaped(part)]);
  return [...new Set(written)]
    .filter((spelling) => /[\p{L}\p{N}]/u.test(spelling))
    .sort((one, other) => other.length - one.length);
}

function htmlEscaped(text: string): string {
  return text.replace(/[&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

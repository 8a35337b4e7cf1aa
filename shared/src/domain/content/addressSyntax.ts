import { excerpt } from "../template/sourceText.ts";
import { type LinkAlternative, linkText } from "../template/templateLinks.ts";
import type { Detail } from "../workOrder.ts";

/** The fault of a URL, as the predicate of a sentence whose subject the caller adds. */
export type AddressFault = Pick<Detail, "severity" | "text">;

/** What editors and other systems leave where an address should be. */
const unreplaced = /\*\||\|\*|\|\||\{\{|\}\}|\[\[|\]\]|\{%|<%|%%|\$\{|\{[A-Za-z][^}]*\}|(?:^|[/=:])\[[A-Za-z][^\]]*\]/;

/** The scheme of an address in small letters; undefined for a relative one. */
export function schemeOf(address: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase();
}

/** The fault of a URL that is not empty, of a link or of a loaded resource. */
export function syntaxFault(parts: LinkAlternative): AddressFault | undefined {
  const shown = `"${excerpt(linkText(parts))}"`;
  const error = (text: string): AddressFault => ({ severity: "error", text: `${text}: ${shown}` });
  const [first] = parts;
  if (typeof first === "object" && first.value.kind !== "url") return error("begins with a value that is no link");
  const literal = parts.map((part) => (typeof part === "string" ? part : "x")).join("");
  if (schemeOf(literal) === "data") return undefined; // holds anything
  if (unreplaced.test(literal)) return error("holds a placeholder that nothing replaces");
  if (/[<>]/.test(literal)) return error("holds < or >, as if a quote were missing");
  return isWebScheme(schemeOf(literal)) && !isWebAddress(literal) ? error("is no complete web address") : undefined;
}

function isWebScheme(scheme: string | undefined): boolean {
  return scheme === "http" || scheme === "https";
}

/** `http://mailto:…`, `https://http//…`: a URL pasted after a scheme that was already there. */
const doubleScheme = /^https?:\/\/(?:https?|mailto|tel|sms|ftp)(?:[:/]|$)/i;

function isWebAddress(address: string): boolean {
  return /^https?:\/\/[^/\\]/i.test(address) && !doubleScheme.test(address) && URL.canParse(address);
}

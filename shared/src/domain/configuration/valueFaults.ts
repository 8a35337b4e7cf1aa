/*
 * What is wrong with a single value, whichever item holds it: one sentence with the repair, undefined if it fits.
 */
import { endsSoon } from "../delivery/replies/replyPattern.ts";

/** RFC 1123 2.1: labels of letters, digits and hyphens; underscores are seen inside private networks. */
const label = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const hostName = new RegExp(`^(?!.{254})${label}(?:\\.${label})*\\.?$`, "i");
const v4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** A host, as links and SMTP name it: without scheme, port and path. International names in ASCII. */
export function hostFault(text: string, example = "register.example.org"): string | undefined {
  const bare = text.replace(/^\[|\]$/g, "");
  if (bare.includes(":") && URL.canParse(`http://[${bare}]`)) return undefined;
  if (/^[\d.]+$/.test(text))
    return v4.test(text) ? undefined : `${shown(text)} is no IP address. Enter one as 192.0.2.1.`;
  if (hostName.test(text)) return undefined;
  const ascii = asciiHost(text);
  const hint = ascii && ascii !== text.toLowerCase() ? ` Did you mean ${ascii}?` : "";
  return `${shown(text)} is no host name. Enter it as ${example}, without https://, port and path.${hint}`;
}

/** The host inside a pasted address, or an international name in ASCII. */
function asciiHost(text: string): string | undefined {
  const address = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address)) return undefined;
  const { hostname } = new URL(address);
  return hostName.test(hostname) ? hostname : undefined;
}

/** A zone of the IANA database, as Intl knows it. */
export function timeZoneFault(text: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    // Intl takes offsets, too: they have no summer time.
    if (/^[A-Za-z]/.test(text)) return undefined;
  } catch {
    // RangeError: there is no such zone.
  }
  return `${shown(text)} is no time zone. Enter one as Europe/Berlin or UTC.`;
}

const tooSlow =
  "could take very long on a reply. Enter 200 characters at most, with two of * and + at most, and repeat no group that holds a repetition or an alternative.";

/** A pattern for replies, as the sender compiles it. */
export function patternFault(text: string): string | undefined {
  try {
    new RegExp(text, "i");
    return endsSoon(text) ? undefined : `${shown(text)} ${tooSlow}`;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: \/.*\/[a-z]*: /s, "") : "";
    return `${shown(text)} is no regular expression${why && ` (${why.toLowerCase()})`}. Put \\ before a sign that is meant as itself.`;
  }
}

/** A word that texts may hold behind #. */
export function hashtagFault(text: string): string | undefined {
  if (/^#?\p{L}[\p{L}\p{M}\p{N}_-]*$/u.test(text) && text === text.toLowerCase()) return undefined;
  return `${shown(text)} is no hashtag. Enter a word in lower case that begins with a letter, as #community.`;
}

/** RFC 5646: a tag that Intl can read. */
export function languageTagFault(text: string): string | undefined {
  try {
    if (Intl.getCanonicalLocales(text).length === 1) return undefined;
  } catch {
    // RangeError: it is no tag.
  }
  return `${shown(text)} is no language tag. Enter one as en, pt-BR or zh-Hans.`;
}

/** A text that a header or a list shows on one line. */
export function lineFault(text: string): string | undefined {
  return /\p{Cc}|\p{Zl}|\p{Zp}/u.test(text) ? "Remove the line breaks and other control characters." : undefined;
}

/** A web address for people. */
export function webAddressFault(text: string): string | undefined {
  const isWeb = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && /^https?:\/\/\S+$/i.test(text);
  return isWeb ? undefined : `${shown(text)} is no web address. Enter one as https://www.example.org/.`;
}

/** A wrong value in a sentence, shortened; JSON shows control characters. */
export function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

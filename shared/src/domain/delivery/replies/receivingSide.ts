import { groupOfServer } from "../receivingGroups.ts";
import { replyText } from "./comparableReply.ts";

/**
 * Whether a reply that asks to slow down comes from the servers that receive the mail, or from the account's own mail server.
 * Mail goes through one server, so its replies are its own, unless one of these shows the opposite:
 *
 * - It quotes another server: `host mx.example.org[203.0.113.7] said: 421 …` (Postfix), `response to "RCPT TO" from mx… was:
 *   421 …` (Exim), `LED=421 …` (Exchange).
 * - It has the words of a large receiver (its help page or code), and the account's server is not one of that receiver.
 * - The account's server is itself a receiving server (MX) of a large receiver.
 */
export function isFromReceivingSide(response: string, host: string | undefined): boolean {
  const text = replyText(response).toLowerCase();
  const own = host?.toLowerCase() ?? "";
  if (own && groupOfServer(own) !== undefined) return true;
  if (quotedReply(response) !== undefined) return true;
  return own !== "" && signatures.some(({ words, servers }) => words.test(text) && !servers.test(own));
}

const quotes =
  /(?:\bhost \S+(?: ?\[[^\]]*\])? (?:said|refused|replied|responded)[^:]*:|\bresponse to .{1,120}? was:|\b(?:remote|receiving|destination) (?:mail ?)?(?:server|host)\b.{0,80}?(?:said|returned|replied|responded)[^:]*:|\bled=) *"?(?=([245]\d\d)[ -](\d\.\d{1,3}\.\d{1,3})?)/i;

/** The code and enhanced code of the reply of another server that this reply quotes. */
export function quotedReply(response: string): { readonly code: number; readonly enhanced: string } | undefined {
  const found = quotes.exec(replyText(response));
  return found ? { code: Number(found[1]), enhanced: found[2] ?? "" } : undefined;
}

/** `words`: what only this receiver says. `servers`: its servers for signed-in senders, whose replies are about the account. */
const signatures: readonly { readonly words: RegExp; readonly servers: RegExp }[] = [
  { words: /\bgsmtp\b|support\.google\.com\//, servers: /(^|\.)(gmail|google|googlemail)\.com$/ },
  { words: /postmaster\.live\.com|\(s\d{3}\)|\bas\(\d+\)/, servers: /(^|\.)(office365|outlook|live|hotmail)\.com$/ },
  { words: /\[tss?\d+\]|yahooinc\.com/, servers: /(^|\.)(yahoo|aol|yahooinc)\.(com|net)$/ },
  { words: /support\.apple\.com/, servers: /(^|\.)(icloud|me|apple)\.com$/ },
  { words: /\bofr\d{3}/, servers: /(^|\.)(orange|wanadoo)\.(fr|net)$/ },
  { words: /postmaster\.(gmx|web)\./, servers: /(^|\.)(gmx\.(net|com)|web\.de|mail\.com)$/ },
  { words: /postmaster\.t-online\.de|rx\.t-online\.de/, servers: /(^|\.)t-online\.de$/ },
  { words: /postmaster\.comcast\.net/, servers: /(^|\.)(comcast|xfinity)\.(net|com)$/ },
];

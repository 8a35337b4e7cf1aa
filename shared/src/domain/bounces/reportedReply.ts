import { enhancedCode } from "../delivery/smtpVerdict.ts";

/** The reply behind a bounce, as a mail server says it: the code first. */
export interface ReportedReply {
  /** Three digits, given or derived from the status. */
  readonly smtpCode: number;
  /** Enhanced status code (RFC 3463), or else the three digits. */
  readonly code: string;
  /** `550 5.1.1 User unknown`, at most 2 kB. */
  readonly reply: string;
}

const longestReply = 2048;
/** Where a server reports what another one said. The reply is behind it. */
const said =
  /\b(?:said|says|responded(?: with)?|response(?: was| is)?|repl(?:y|ied)(?: was| is| with)?|returned|error(?: was| is| message)?|reason(?: was| is)?|rejected (?:with|by)|answer(?:ed)?)\b[^\d]{0,40}?(?=[45][0-5]\d[ -])/i;
const replyCode =
  /(?<![\d.:/\w-])([45][0-5]\d)(?:[- ]+#?([45]\.\d{1,3}\.\d{1,3})\b|(?=[- ]?\s?\D)|$)(?! ?(?:minutes|hours|seconds|bytes|times|days|mails|messages|kb\b|mb\b))/i;
const enhancedAnywhere = /(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])/;

/**
 * The reply in the words of a report, with its code. `status`: the enhanced code the report names beside them. A text
 * without a reply code gets that of its status, and one without either is a permanent failure, as RFC 3464 2.3.3 has it.
 */
export function reportedReply(words: string, status = ""): ReportedReply {
  const text = flat(words)
    .replace(/^[:;,.\s]+/, "")
    .slice(0, 2 * longestReply);
  const [, given] = enhancedAnywhere.exec(status) ?? [];
  const at = said.exec(text);
  const behind = at ? text.slice(at.index + at[0].length) : text;
  const found = replyCode.exec(behind) ?? replyCode.exec(text);
  if (found) {
    const rest = found.input.slice(found.index).replace(/^(\d{3})[-:\s]+/, "$1 ");
    return finished(Number(found[1]), rest, given);
  }
  const inWords = enhancedAnywhere.exec(text)?.[1];
  const enhanced = given && !/\.0\.0$/.test(given) ? given : (inWords ?? given);
  const smtpCode = enhanced?.startsWith("4") ? 450 : 550;
  const written = enhanced !== undefined && !text.startsWith(enhanced) ? `${enhanced} ` : "";
  return finished(smtpCode, `${smtpCode} ${written}${text}`.trim(), enhanced);
}

function finished(smtpCode: number, response: string, given: string | undefined): ReportedReply {
  const own = enhancedCode(response);
  const isGiven = given?.startsWith(String(smtpCode).slice(0, 1)) && !/\.0\.0$/.test(given);
  const reply = own || !isGiven ? response : `${smtpCode} ${given}${response.slice(3)}`;
  const enhanced = own ?? given;
  const isExact = enhanced !== undefined && !/\.0\.0$/.test(enhanced);
  return { smtpCode, code: isExact ? enhanced : String(smtpCode), reply: reply.slice(0, longestReply).toWellFormed() };
}

function flat(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

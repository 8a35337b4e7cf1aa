import type { SmtpAnswer } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Dialogue } from "./dialogue.ts";
import { dotStuffed } from "./dotStuffing.ts";
import { classOf, isClosing } from "./replyReader.ts";
import { outOfStep, replied, unanswered } from "./smtpAnswers.ts";

/** The commands of one message, complete but for their line breaks. */
export interface Envelope {
  readonly mail: string;
  readonly rcpt: string;
}

export interface TransactionTimes {
  /** From 354 to the reply to the final dot: RFC 5321 4.5.3.2.6 asks for 10 minutes, and a shorter wait makes doubts. */
  readonly dotMilliseconds: number;
  /** From a refusal to the reply to QUIT, which shows that the refusal was the server's last word. */
  readonly confirmMilliseconds: number;
}

/** Held back with the final dot, so that the end of a message leaves in one packet and a short message is one altogether. */
const tailBytes = 1200;
const finalDot = Buffer.from(".\r\n");

/**
 * Takes one message over an open connection (RFC 5321 3.3). The answer tells truly what the server may have:
 *
 * - A line between its 354 and the final dot ends the connection, so the dot is never sent and the message not accepted.
 * - After the dot only one reply counts. A line more than there were commands means that one of them was not the reply it
 *   was taken for: the message is in doubt.
 */
export async function transact(
  talk: Dialogue,
  envelope: Envelope,
  message: Buffer,
  { isPipelining, times }: { readonly isPipelining: boolean; readonly times: TransactionTimes },
): Promise<SmtpAnswer> {
  const refused = await announce(talk, envelope, isPipelining, times);
  if (refused) return refused;
  talk.extend(times.dotMilliseconds);
  const data = dotStuffed(message);
  const head = data.subarray(0, Math.max(0, data.length - tailBytes));
  if (!(await talk.writeUnlessAnswered(head))) return interrupted(talk, times);
  talk.write(Buffer.concat([data.subarray(head.length), finalDot]));
  return afterDot(talk, times);
}

/** MAIL, RCPT and DATA, in one write where the server allows it (RFC 2920). Undefined if the server wants the message. */
async function announce(
  talk: Dialogue,
  { mail, rcpt }: Envelope,
  isPipelining: boolean,
  times: TransactionTimes,
): Promise<SmtpAnswer | undefined> {
  const commands = { mail, rcpt, data: "DATA" };
  if (isPipelining) talk.write(Object.values(commands).map(line).join(""));
  let refusal: SmtpAnswer | undefined;
  for (const phase of ["mail", "rcpt", "data"] as const) {
    if (!isPipelining) talk.write(line(commands[phase]));
    const reply = await talk.next();
    // A refusal that arrived before the connection broke is the server's answer all the same.
    if (typeof reply === "string") return end(talk, refusal ?? unanswered(phase, reply, false));
    const replyClass = classOf(reply);
    const isGood = replyClass === (phase === "data" ? 3 : 2);
    if (!isGood && replyClass !== 4 && replyClass !== 5) return end(talk, outOfStep(phase, reply, false));
    // Which of two lines is the reply cannot be told. Behind 354 the code decides, for no message is sent then.
    const isLast = !isPipelining || phase === "data";
    if (isLast && talk.hasMore && !(phase === "data" && isGood)) return end(talk, outOfStep(phase, reply, false));
    if (!isGood) refusal ??= replied(phase, reply.text, false);
    if (refusal && isClosing(reply)) return end(talk, refusal);
    // RFC 2920 3.1: with pipelining a server may ask for a message that has no recipient. It gets none.
    if (refusal && phase === "data" && isGood) return end(talk, refusal);
    // The line may be a late one about the message before. With pipelining the reply to DATA tells.
    if (refusal && !isPipelining && phase === "mail")
      return end(talk, (await isLastWord(talk, times)) ? refusal : outOfStep(phase, reply, false));
    if (refusal && !isPipelining) return refusal;
  }
  return refusal;
}

/** The server said something, or the connection ended, before the dot was written. */
async function interrupted(talk: Dialogue, { confirmMilliseconds }: TransactionTimes): Promise<SmtpAnswer> {
  talk.extend(confirmMilliseconds);
  const reply = await talk.next();
  if (typeof reply === "string") return end(talk, unanswered("dot", reply, true));
  return end(talk, classOf(reply) >= 4 ? replied("dot", reply.text, true) : outOfStep("dot", reply, true));
}

async function afterDot(talk: Dialogue, times: TransactionTimes): Promise<SmtpAnswer> {
  const reply = await talk.next();
  if (typeof reply === "string") return end(talk, unanswered("dot", reply, true));
  const replyClass = classOf(reply);
  const answer = replied("dot", reply.text, true);
  if (replyClass === 2 && ((await talk.isQuiet()) || !talk.hasMore)) return answer;
  if (replyClass === 2) {
    talk.extend(times.confirmMilliseconds);
    const more = await talk.next();
    // RFC 5321 3.8: a server that shuts down may say 421 at any time.
    if (typeof more === "object" && isClosing(more)) return end(talk, answer);
  }
  if (replyClass >= 4 && (await isLastWord(talk, times))) return end(talk, answer);
  return end(talk, outOfStep("dot", reply, true));
}

/**
 * True if a refusal was really the reply to the last command. It may have come before the server had read that, and then
 * the reply to it is still on the way: only what precedes the reply to QUIT can come at all.
 */
async function isLastWord(talk: Dialogue, { confirmMilliseconds }: TransactionTimes): Promise<boolean> {
  talk.extend(confirmMilliseconds);
  talk.write(line("QUIT"));
  const bye = await talk.next();
  return bye === "lost" || (typeof bye === "object" && (isClosing(bye) || bye.code === 221));
}

function end(talk: Dialogue, answer: SmtpAnswer): SmtpAnswer {
  talk.cut();
  return answer;
}

function line(command: string): string {
  return `${command}\r\n`;
}

import type { SmtpAttempt } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Dialogue } from "./dialogue.ts";
import { classOf, isClosing } from "./replyReader.ts";
import { noReply, outOfStep, replied } from "./smtpResponses.ts";

/** The commands of one message, complete but for their line breaks. */
export interface Envelope {
  readonly mail: string;
  readonly rcpt: string;
}

export interface TransactionTimes {
  /** From 354 to the reply to the final dot: RFC 5321 4.5.3.2.6 asks for 10 minutes; a shorter wait leaves more messages in doubt. */
  readonly dotMilliseconds: number;
  /** From a refusal to the reply to QUIT, which shows that the refusal was the server's last reply. */
  readonly confirmMilliseconds: number;
}

/** Held back with the final dot, so that the end of a message leaves in one packet and a short message is one altogether. */
const tailBytes = 1200;
const finalDot = Buffer.from(".\r\n");

/**
 * One mail transaction over an open connection (RFC 5321 3.3). The response never claims less than the server may have:
 *
 * - A line between its 354 and the final dot ends the connection, so the dot is never sent and the message is not accepted.
 * - After the dot only one reply counts. A line more than there were commands means that one of them was misread as a
 *   reply: the message is in doubt.
 */
export async function transact(
  talk: Dialogue,
  envelope: Envelope,
  message: Buffer,
  { isPipelining, times }: { readonly isPipelining: boolean; readonly times: TransactionTimes },
): Promise<SmtpAttempt> {
  const refused = await announce(talk, envelope, isPipelining, times);
  if (refused) return refused;
  talk.extend(times.dotMilliseconds);
  const data = dotStuffed(message);
  const head = data.subarray(0, Math.max(0, data.length - tailBytes));
  if (!(await talk.writeWhileSilent(head))) return interrupted(talk, times);
  talk.write(Buffer.concat([data.subarray(head.length), finalDot]));
  return afterDot(talk, times);
}

/** MAIL, RCPT and DATA, in one write where the server allows it (RFC 2920). Undefined if the server wants the message. */
async function announce(
  talk: Dialogue,
  { mail, rcpt }: Envelope,
  isPipelining: boolean,
  times: TransactionTimes,
): Promise<SmtpAttempt | undefined> {
  const commands = { mail, rcpt, data: "DATA" };
  if (isPipelining) talk.write(Object.values(commands).map(line).join(""));
  let refusal: SmtpAttempt | undefined;
  for (const phase of ["mail", "rcpt", "data"] as const) {
    if (!isPipelining) talk.write(line(commands[phase]));
    const reply = await talk.next();
    // A refusal that arrived before the connection broke counts all the same.
    if (typeof reply === "string") return end(talk, refusal ?? noReply(phase, reply, false));
    const replyClass = classOf(reply);
    const isGood = replyClass === (phase === "data" ? 3 : 2);
    if (!isGood && replyClass !== 4 && replyClass !== 5) return end(talk, outOfStep(phase, reply, false));
    // It is unknown which of two lines is the reply. After 354 the code decides, because no message is sent then.
    const isLast = !isPipelining || phase === "data";
    if (isLast && talk.hasMore && !(phase === "data" && isGood)) return end(talk, outOfStep(phase, reply, false));
    if (!isGood) refusal ??= replied(phase, reply.text, false);
    if (refusal && isClosing(reply)) return end(talk, refusal);
    // RFC 2920 3.1: with pipelining a server may ask for a message that has no recipient. It gets none.
    if (refusal && phase === "data" && isGood) return end(talk, refusal);
    // The line may be a late one about the previous message. With pipelining the reply to DATA shows it.
    if (refusal && !isPipelining && phase === "mail")
      return end(talk, (await isLastReply(talk, times)) ? refusal : outOfStep(phase, reply, false));
    if (refusal && !isPipelining) return refusal;
  }
  return refusal;
}

/** The server said something, or the connection ended, before the dot was written. */
async function interrupted(talk: Dialogue, { confirmMilliseconds }: TransactionTimes): Promise<SmtpAttempt> {
  talk.extend(confirmMilliseconds);
  const reply = await talk.next();
  if (typeof reply === "string") return end(talk, noReply("dot", reply, true));
  return end(talk, classOf(reply) >= 4 ? replied("dot", reply.text, true) : outOfStep("dot", reply, true));
}

async function afterDot(talk: Dialogue, times: TransactionTimes): Promise<SmtpAttempt> {
  const reply = await talk.next();
  if (typeof reply === "string") return end(talk, noReply("dot", reply, true));
  const replyClass = classOf(reply);
  const response = replied("dot", reply.text, true);
  if (replyClass === 2 && ((await talk.isQuiet()) || !talk.hasMore)) return response;
  if (replyClass === 2) {
    talk.extend(times.confirmMilliseconds);
    const more = await talk.next();
    // RFC 5321 3.8: a server that shuts down may say 421 at any time.
    if (typeof more === "object" && isClosing(more)) return end(talk, response);
  }
  if (replyClass >= 4 && (await isLastReply(talk, times))) return end(talk, response);
  return end(talk, outOfStep("dot", reply, true));
}

/**
 * True if a refusal was really the reply to the last command. It may have arrived before the server read that command; then
 * another reply precedes the reply to QUIT.
 */
async function isLastReply(talk: Dialogue, { confirmMilliseconds }: TransactionTimes): Promise<boolean> {
  talk.extend(confirmMilliseconds);
  talk.write(line("QUIT"));
  const bye = await talk.next();
  return bye === "lost" || (typeof bye === "object" && (isClosing(bye) || bye.code === 221));
}

function end(talk: Dialogue, response: SmtpAttempt): SmtpAttempt {
  talk.cut();
  return response;
}

function line(command: string): string {
  return `${command}\r\n`;
}

/**
 * Dot-stuffing: a message as it goes over the wire, without its final dot. It ends with CRLF, and a dot at the start of a line is doubled
 * (RFC 5321 4.5.2). Bare CR and LF become CRLF, because some receivers take `LF . LF` for the end of the message.
 */
function dotStuffed(message: Buffer): Buffer {
  const text = message.toString("latin1");
  if (text.endsWith("\r\n") && !/^\.|\n\.|\r(?!\n)|(?<!\r)\n/.test(text)) return message;
  const lines = text.replace(/\r\n|\r|\n/g, "\r\n").replace(/^\./gm, "..");
  return Buffer.from(lines.endsWith("\r\n") ? lines : `${lines}\r\n`, "latin1");
}

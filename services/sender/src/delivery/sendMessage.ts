import { type SmtpAttempt, smtpVerdict, type Verdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { notMailable } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { inSampledSpan } from "@email-agent/shared/kit/tracing.ts";
import type { Reservation } from "../limits/rateReservations.ts";
import type { Mailer } from "../smtp/mailer.ts";
import { applyVerdict, judgeRefusal } from "./applyVerdict.ts";
import type { Message, Session } from "./deliverySession.ts";
import { notBegun, outcomeOf, unresolved } from "./outcomeOf.ts";
import { noteAccepted, slowReceiver } from "./slowReceiver.ts";

/** The messages that were reserved and claimed together. */
export interface Batch {
  readonly reservation: Reservation;
  /** Monotonic milliseconds before its people were read. */
  readonly readAt: number;
  /** Monotonic milliseconds before the claim was written. */
  readonly claimedAt: number;
  /** Aborts when a message of the batch that has not begun must not begin any more. */
  readonly giveUp: AbortSignal;
}

/** Sends one claimed message and ends its claim. Never rejects: a failure ends the session. */
export function sendMessage(session: Session, message: Message, batch: Batch): Promise<void> {
  const attributes = { "email_agent.account": session.mailRun.account.name };
  return inSampledSpan("SMTP message", { kind: "client", attributes }, () => sendAndEndClaim(session, message, batch));
}

async function sendAndEndClaim(session: Session, message: Message, batch: Batch): Promise<void> {
  const { claimed, mail } = message;
  const { candidate, claimId } = claimed;
  const { clock } = session.ports;
  let response: SmtpAttempt | undefined;
  const slot = { used: false, begunAt: 0 };
  try {
    response = await transmit(session, message, batch, slot);
    if (!response) return claimed.end(notBegun(candidate, claimId, clock.now()));
    const verdict = smtpVerdict(response, session.mailRun.account, mail.to.address);
    const attempt = { verdict: await judgeFurther(session, message, verdict, slot.begunAt), response };
    const claim = { claimId, messageId: mail.messageId };
    claimed.end(outcomeOf(candidate, claim, attempt, clock.now(), session.limits.retryMilliseconds));
    await applyVerdict(session, message, verdict.account === "receiver-throttled" ? { verdict, response } : attempt);
    if (verdict.recipient === "sent") await noteAccepted(session, message);
  } catch (error) {
    // A mailer returns a response whatever happens on the wire; if it throws all the same, it is unknown what the server has.
    claimed.end((claimed.begun ? unresolved : notBegun)(candidate, claimId, clock.now()));
    session.fail(error);
  } finally {
    if (response ? !response.dataSent : !claimed.begun) await batch.reservation.giveBack(1, slot.used, [message.place]);
  }
}

/** The rate slot of a message, and when it began (monotonic milliseconds). */
interface Slot {
  used: boolean;
  begunAt: number;
}

/** What only other messages show: a refusal may be about the account, or about the servers that receive the message. */
function judgeFurther(session: Session, message: Message, verdict: Verdict, begunAt: number): Promise<Verdict> {
  if (verdict.account === "receiver-throttled") return slowReceiver(session, message, verdict, begunAt);
  return judgeRefusal(session, message, verdict);
}

/** A connection is taken this long before a slot of a receiving group: nearer than groupSlots.ts sends a message away. */
const connectAheadMilliseconds = 25;

/** Waits for a connection, then for a rate slot; undefined if the message may not begin any more. */
async function transmit(
  session: Session,
  message: Message,
  batch: Batch,
  slot: Slot,
): Promise<SmtpAttempt | undefined> {
  const { connections, clock } = session.ports;
  const { account } = session.mailRun;
  let { place } = message;
  try {
    for (;;) {
      // A connection is not held for a receiving group that has no slot yet: others need it.
      const early = place && place.dueAt - clock.monotonic() - connectAheadMilliseconds;
      if (early !== undefined && early > 0)
        await clock.sleep(Math.max(0, early - connections.openingMilliseconds(account)), batch.giveUp);
      const sent = await connections.use(account, batch.giveUp, (mailer) =>
        sendOver(session, { ...message, place }, batch, { slot, mailer }),
      );
      if (typeof sent !== "number") return sent;
      place = place && { ...place, dueAt: sent };
    }
  } catch (error) {
    if (batch.giveUp.aborted && error === batch.giveUp.reason) return undefined;
    throw error;
  }
}

/** Sends over this connection; a number is when to try again, in monotonic milliseconds: the receiving group has no slot before. */
async function sendOver(
  session: Session,
  message: Message,
  batch: Batch,
  { slot, mailer }: { readonly slot: Slot; readonly mailer: Mailer },
): Promise<SmtpAttempt | number | undefined> {
  const { mail, claimed, place } = message;
  let { readAt } = batch;
  await mailer.ready();
  const prepare = async () => {
    // Reconnects if the connection broke while the message waited, which may take minutes.
    await mailer.ready();
    const now = session.ports.clock.monotonic();
    if (now - readAt >= session.limits.freshMilliseconds) {
      readAt = now;
      if (!(await isStillMailable(session, message))) return false;
    }
    return mayBegin(session, batch);
  };
  const result = await batch.reservation.waitForRateSlot(prepare, batch.giveUp, place);
  if (result.kind === "early") return result.dueAt;
  if (result.kind === "paused") {
    const { until, pausedFor } = result;
    session.halt({ kind: "waited", until, cause: "paused", pausedFor });
  }
  slot.used = result.kind === "due";
  if (!slot.used || !mayBegin(session, batch)) return undefined;
  claimed.begun = true;
  slot.begunAt = session.ports.clock.monotonic();
  session.ports.receivers.sent(mail.to.address);
  const sent = await mailer.send(mail);
  if (smtpVerdict(sent, session.mailRun.account).account !== "session-limit") return sent;
  // The message has used its rate slot, and the server has none of it. A new connection starts below the limit.
  mailer.endSession();
  claimed.begun = false;
  if (!(await prepare())) return undefined;
  claimed.begun = true;
  return mailer.send(mail);
}

/**
 * False if the person unsubscribed or changed their address while a slow server delayed the batch: the claim is released,
 * and the next batch reads them again.
 */
async function isStillMailable({ ports, mailRun }: Session, { participant }: Message): Promise<boolean> {
  const now = (await ports.participants.getMany([participant.id])).get(participant.id);
  return now !== undefined && notMailable(now, mailRun.mailing) === undefined && now.email === participant.email;
}

/**
 * The last check before a message: a process that was frozen, or cut off from its lease, wakes up here and begins nothing.
 * The monotonic clock goes on while a process is frozen.
 */
function mayBegin({ right, ports, limits }: Session, { claimedAt, giveUp }: Batch): boolean {
  if (giveUp.aborted || !right.proven()) return false;
  const now = ports.clock.now();
  if (right.sendUntil !== undefined && now >= right.sendUntil) return false;
  if (right.window && now >= right.window.closesAt) return false;
  return ports.clock.monotonic() - claimedAt < limits.claimMilliseconds;
}

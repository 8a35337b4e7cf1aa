import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import { type SmtpAnswer, smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { notMailable } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { Reservation } from "../limits/rateReservations.ts";
import type { Claimed, Session } from "./deliverySession.ts";
import { judgeRefusal, learn } from "./learn.ts";
import { notBegun, outcomeOf, unanswered } from "./outcomeOf.ts";

export interface Message {
  readonly claimed: Claimed;
  readonly mail: Mail;
  readonly participant: Participant;
}

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

/** Takes one claimed message over the wire to the end of its claim. Never rejects: a failure ends the session. */
export async function sendMessage(session: Session, message: Message, batch: Batch): Promise<void> {
  const { claimed, mail } = message;
  const { candidate, claimId } = claimed;
  const { clock } = session.ports;
  let answer: SmtpAnswer | undefined;
  const slot = { used: false };
  try {
    answer = await overTheWire(session, message, batch, slot);
    if (!answer) return claimed.end(notBegun(candidate, claimId, clock.now()));
    const verdict = smtpVerdict(answer, session.mailRun.account, mail.to.address);
    const attempt = { verdict: await judgeRefusal(session, message, verdict), answer };
    const claim = { claimId, messageId: mail.messageId };
    claimed.end(outcomeOf(candidate, claim, attempt, clock.now(), session.limits.retryMilliseconds));
    await learn(session, message, attempt);
  } catch (error) {
    // A mailer answers whatever happens on the wire; should it throw all the same, nobody knows what the server has.
    claimed.end((claimed.begun ? unanswered : notBegun)(candidate, claimId, clock.now()));
    session.fail(error);
  } finally {
    if (answer ? !answer.dataSent : !claimed.begun) await batch.reservation.giveBack(1, slot.used);
  }
}

/** Waits for a connection, then for a rate slot; undefined if the message may not begin any more. */
async function overTheWire(
  session: Session,
  message: Message,
  batch: Batch,
  slot: { used: boolean },
): Promise<SmtpAnswer | undefined> {
  const { mail, claimed } = message;
  let { readAt } = batch;
  try {
    return await session.ports.mailers.use(session.mailRun.account, batch.giveUp, async (mailer) => {
      await mailer.ready();
      const prepare = async () => {
        // A connection that broke while the message waited is opened again, which may take minutes.
        await mailer.ready();
        const now = session.ports.clock.monotonic();
        if (now - readAt >= session.limits.freshMilliseconds) {
          readAt = now;
          if (!(await isStillMailable(session, message))) return false;
        }
        return mayBegin(session, batch);
      };
      const result = await batch.reservation.waitForRateSlot(prepare, batch.giveUp);
      if (result.kind === "paused") {
        const { until, pausedFor } = result;
        session.halt({ kind: "waited", until, cause: "paused", pausedFor });
      }
      slot.used = result.kind === "due";
      if (!slot.used || !mayBegin(session, batch)) return undefined;
      claimed.begun = true;
      const answer = await mailer.send(mail);
      if (smtpVerdict(answer, session.mailRun.account).account !== "session-limit") return answer;
      // The message has used its rate slot, and the server has none of it. A new connection starts below the limit.
      mailer.endSession();
      claimed.begun = false;
      if (!(await prepare())) return undefined;
      claimed.begun = true;
      return mailer.send(mail);
    });
  } catch (error) {
    if (batch.giveUp.aborted && error === batch.giveUp.reason) return undefined;
    throw error;
  }
}

/**
 * False for somebody who unsubscribed or changed their address while a slow server held the batch up: the claim is given
 * back, and the next batch reads them again.
 */
async function isStillMailable({ ports }: Session, { participant }: Message): Promise<boolean> {
  const now = (await ports.participants.getMany([participant.id])).get(participant.id);
  return now !== undefined && notMailable(now) === undefined && now.email === participant.email;
}

/**
 * The last look before a message: a process that was frozen, or cut off from its lease, wakes up here and begins
 * nothing. The clock is the monotonic one, which goes on while a process is frozen.
 */
function mayBegin({ right, ports, limits }: Session, { claimedAt, giveUp }: Batch): boolean {
  if (giveUp.aborted || !right.proven()) return false;
  if (right.sendUntil !== undefined && ports.clock.now() >= right.sendUntil) return false;
  return ports.clock.monotonic() - claimedAt < limits.claimMilliseconds;
}

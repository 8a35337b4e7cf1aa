import { randomUUID } from "node:crypto";
import type { Claim } from "@email-agent/shared/adapters/deliveryStatements.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import { sendUntilReason } from "@email-agent/shared/domain/lifecycle/passes.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import { notMailable } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { Reservation, ReserveResult } from "../limits/rateReservations.ts";
import type { Session } from "./deliverySession.ts";
import { notBegun, notRendered } from "./outcomeOf.ts";
import type { Candidate, PersonResult } from "./person.ts";
import { sendMessage } from "./sendMessage.ts";

/** Somebody read again a moment ago, with the mail made for them, or why none could be made. */
interface Letter {
  readonly candidate: Candidate;
  readonly participant: Participant;
  readonly mail?: Mail;
  readonly unrendered?: string;
}

/** Takes up to `size` people from `pending` through everything that comes before the wire, and sends their mails off. */
export async function beginBatch(session: Session, size: number): Promise<void> {
  const { right, pending, ports, mailRun, limits } = session;
  if (!right.proven() || !(await right.stillWorking())) return session.halt({ kind: "ended" });
  if (isOver(session)) return skipRest(session);
  if (!(await ports.mailers.ready(mailRun.account, limits.inPlaceMilliseconds, session.halted))) {
    const until = ports.clock.now() + limits.waitedMilliseconds;
    return session.leave({ kind: "waited", until, cause: "connections" });
  }
  const readAt = ports.clock.monotonic();
  const letters = await writeLetters(session, pending.splice(0, size));
  const unrendered = letters.filter((letter) => letter.unrendered !== undefined);
  if (unrendered.length > 0) await recordUnrendered(session, unrendered);
  const sendable = letters.filter((letter) => letter.mail);
  if (sendable.length === 0) return;
  const reservation = await reserve(session, sendable);
  if (reservation) await claimAndSend(session, sendable.slice(0, reservation.count), reservation, readAt);
}

function isOver({ right, ports }: Session): boolean {
  return right.sendUntil !== undefined && ports.clock.now() >= right.sendUntil;
}

function skipRest({ pending, record }: Session): void {
  for (const { id } of pending.splice(0)) record(id, { kind: "skipped", reason: sendUntilReason });
}

/** Reads the people once more, because they may have unsubscribed or changed their address since planning. */
async function writeLetters(session: Session, candidates: readonly Candidate[]): Promise<Letter[]> {
  const people = await session.ports.participants.getMany(candidates.map(({ id }) => id));
  const letters: Letter[] = [];
  for (const candidate of candidates) {
    const participant = people.get(candidate.id);
    // Somebody deleted since planning has no address any more.
    const reason = participant ? notMailable(participant) : "no-address";
    if (reason || !participant) session.record(candidate.id, { kind: "skipped", reason: reason ?? "no-address" });
    else letters.push(writeLetter(session, candidate, participant));
  }
  return letters;
}

function writeLetter(session: Session, candidate: Candidate, participant: Participant): Letter {
  const composed = session.mailRun.compose(participant);
  return "unrendered" in composed
    ? { candidate, participant, ...composed }
    : { candidate, participant, mail: composed };
}

/** A mail that cannot be made is a failed delivery like any other, so it is claimed and settled; it costs no quota. */
async function recordUnrendered(session: Session, letters: readonly Letter[]): Promise<void> {
  const { made, refused } = await claimLetters(session, letters);
  for (const { letter, claimId } of made) {
    const now = session.ports.clock.now();
    const claimed = session.newClaim(letter.candidate, claimId);
    claimed.end(notRendered(letter.candidate, claimId, letter.unrendered ?? "", now));
    session.ports.metrics.count("SendFailures", 1, { account: session.mailRun.account.name });
  }
  await recordRefused(session, refused);
}

/** Reserves rate and quota for as many as may go now; the others go back to the front of those who wait. */
async function reserve(session: Session, letters: readonly Letter[]): Promise<Reservation | undefined> {
  const { ports, mailRun, limits, pending } = session;
  const answer = await ports.limiter.reserve(
    mailRun.account,
    letters.length,
    limits.aheadMilliseconds,
    session.halted,
    mailRun.runId,
  );
  const places = answer.kind === "reserved" ? answer.count : 0;
  measureQuota(session, answer);
  pending.unshift(...letters.slice(places).map(({ candidate }) => candidate));
  if (answer.kind === "quota-used-up") session.leave({ kind: "quota" });
  if (answer.kind === "wait") {
    if (answer.cause === "rate" && (await waitInPlace(session, answer.until))) return undefined;
    const { until, cause, pausedFor } = answer;
    const end = { kind: "waited", until, cause, pausedFor } as const;
    // The others of this account have learned what is wrong with it: what is claimed must not go out either.
    if (answer.cause === "paused") session.halt(end);
    else session.leave(end);
  }
  return answer.kind === "reserved" ? answer : undefined;
}

/**
 * Waits for the account's next place, so that the message is ready when its turn comes: for an account of one mail in two
 * seconds, every chunk given back and issued again would cost more than the turn. False if the place is too far away to
 * keep the chunk for it.
 */
async function waitInPlace({ ports, mailRun, limits, halted }: Session, until: number): Promise<boolean> {
  const wait = until - ports.clock.now();
  if (wait > limits.inPlaceMilliseconds) return false;
  await ports.clock.sleep(Math.max(0, wait - ports.mailers.openingMilliseconds(mailRun.account)), halted);
  return true;
}

function measureQuota({ ports, mailRun }: Session, answer: ReserveResult): void {
  const { name, quotaPer24h } = mailRun.account;
  const record = (percent: number) => ports.metrics.record("QuotaUsed", percent, { account: name });
  if (answer.kind === "reserved") record((100 * answer.used) / quotaPer24h);
  if (answer.kind === "quota-used-up") record(100);
}

async function claimAndSend(
  session: Session,
  letters: readonly Letter[],
  reservation: Reservation,
  readAt: number,
): Promise<void> {
  // A reservation that was held up (a pause of this process) counts for a time that has passed: it is made again.
  if (!reservation.valid() || !session.right.proven() || session.halted.aborted) {
    session.pending.unshift(...letters.map(({ candidate }) => candidate));
    return reservation.giveBack(letters.length);
  }
  const claimedAt = session.ports.clock.monotonic();
  const { made, refused } = await claimLetters(session, letters).catch(async (error) => {
    await reservation.giveBack(letters.length);
    throw error;
  });
  const tooOld = AbortSignal.timeout(session.limits.claimMilliseconds);
  const batch = { reservation, readAt, claimedAt, giveUp: AbortSignal.any([session.halted, tooOld]) };
  for (const { letter, claimId } of made) {
    const claimed = session.newClaim(letter.candidate, claimId);
    void sendMessage(session, { claimed, mail: letter.mail!, participant: letter.participant }, batch);
  }
  if (refused.length > 0) await reservation.giveBack(refused.length);
  await recordRefused(session, refused);
}

interface Claims {
  readonly made: readonly { readonly letter: Letter; readonly claimId: string }[];
  readonly refused: readonly Letter[];
}

/** Claims in one call. A refused claim leaves that person to whoever holds it, and touches no other. */
async function claimLetters(session: Session, letters: readonly Letter[]): Promise<Claims> {
  const { ports, mailRun, hand } = session;
  const now = instant(ports.clock.now());
  const claims = letters.map((letter) => claimOf(session, letter, now));
  const rule = { runId: mailRun.runId, now, userStarted: mailRun.userStarted };
  const answers = await ports.deliveries.claim(mailRun.partition, claims, rule).catch((error) => {
    // Nobody knows which of them were made; none was begun, so those that were made are released.
    hand.claimed(claims.length);
    for (const [n, { candidate }] of letters.entries())
      session.newClaim(candidate, claims[n]!.claimId!).end(notBegun(candidate, claims[n]!.claimId!, ports.clock.now()));
    throw error;
  });
  const pairs = letters.map((letter, n) => ({ letter, claimId: claims[n]!.claimId! }));
  const made = pairs.filter((_, n) => answers[n] === "claimed");
  hand.claimed(made.length);
  return { made, refused: letters.filter((_, n) => answers[n] !== "claimed") };
}

function claimOf({ mailRun }: Session, { candidate, participant, mail }: Letter, sendingAt: string): Claim {
  return {
    participantId: participant.id,
    runId: mailRun.runId,
    claimId: randomUUID(),
    attempt: candidate.attempt,
    contentHash: mailRun.contentHash,
    workOrderId: mailRun.workOrderId,
    account: mailRun.account.name,
    language: mailRun.language,
    name: personName(participant),
    email: (participant.email ?? "").trim(),
    ...(mail && { messageId: mail.messageId }),
    sendingAt,
    hasDelivery: candidate.hasDelivery,
  };
}

/** Only when the claims that were made are on their way: should this fail, they must still come to an end. */
async function recordRefused(session: Session, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return;
  const { ports, mailRun } = session;
  const now = instant(ports.clock.now());
  const ids = letters.map(({ candidate }) => candidate.id);
  const held = await ports.deliveries.getMany(mailRun.partition, ids);
  for (const id of ids) session.record(id, refusedResult(held.get(id), mailRun.runId, now));
}

/** Whoever holds the delivery decides what this run may say of the person. */
function refusedResult(delivery: Delivery | undefined, runId: string, now: string): PersonResult {
  if (delivery?.status === "deferred" && delivery.nextAttemptAt && delivery.nextAttemptAt > now)
    return { kind: "retry", at: epochMilliseconds(delivery.nextAttemptAt) };
  if (delivery?.runId === runId) return { kind: "elsewhere" };
  return { kind: "skipped", reason: delivery?.status === "failed" ? "failed-before" : "already-received" };
}

import { quotaAt } from "@email-agent/shared/domain/delivery/warmUp.ts";
import { sendUntilReason } from "@email-agent/shared/domain/lifecycle/passes.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { notMailable } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { Reservation, ReserveResult } from "../limits/rateReservations.ts";
import { claimLetters, type Letter, recordRefused, recordUnrendered } from "./claimBatch.ts";
import type { Session } from "./deliverySession.ts";
import type { Candidate } from "./person.ts";
import { putAside } from "./putAside.ts";
import { sendMessage } from "./sendMessage.ts";

/** Prepares up to `size` people from `pending`, and starts to send their mails. */
export async function startBatch(session: Session, size: number): Promise<void> {
  const { right, pending, ports, mailRun, limits } = session;
  if (!right.proven() || !(await right.stillWorking())) return session.halt({ kind: "ended" });
  if (isOver(session)) return skipRest(session);
  const closed = closedUntil(session);
  if (closed !== undefined) return session.leave({ kind: "waited", until: closed, cause: "window" });
  if (!(await ports.connections.ready(mailRun.account, limits.inPlaceMilliseconds, session.halted))) {
    const until = ports.clock.now() + limits.waitedMilliseconds;
    return session.leave({ kind: "waited", until, cause: "connections" });
  }
  const readAt = ports.clock.monotonic();
  const letters = await writeLetters(session, pending.splice(0, size));
  const unrendered = letters.filter((letter) => letter.unrendered !== undefined);
  if (unrendered.length > 0) await recordUnrendered(session, unrendered);
  const sendable = await withRoom(
    session,
    letters.filter((letter) => letter.mail),
  );
  if (sendable.length === 0) return;
  const reservation = await reserve(session, sendable);
  if (!reservation) return;
  const picked = reservation.picks.flatMap((n) => sendable[n] ?? []);
  await claimAndSend(session, picked, reservation, readAt);
}

/** The end of sending has come. */
export function isOver({ right, ports }: Session): boolean {
  return right.sendUntil !== undefined && ports.clock.now() >= right.sendUntil;
}

/** When the sending window opens again; undefined while it is open. */
function closedUntil({ right: { window }, ports }: Session): number | undefined {
  return window && ports.clock.now() >= window.closesAt ? window.opensAt : undefined;
}

function skipRest({ pending, record }: Session): void {
  for (const { id } of pending.splice(0)) record(id, { kind: "skipped", reason: sendUntilReason });
}

/** Reads the people again, because they may have unsubscribed or changed their address since planning. */
async function writeLetters(session: Session, candidates: readonly Candidate[]): Promise<Letter[]> {
  const people = await session.ports.participants.getMany(candidates.map(({ id }) => id));
  const letters: Letter[] = [];
  for (const candidate of candidates) {
    const participant = people.get(candidate.id);
    // A person deleted since planning has no address any more.
    const reason = participant ? notMailable(participant, session.mailRun.mailing) : "no-address";
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

/** Those whose receiving group is not known to be full; the others are set aside at once. */
async function withRoom(session: Session, letters: readonly Letter[]): Promise<readonly Letter[]> {
  const { ports, aside, looksUpGroups } = session;
  if (!looksUpGroups || letters.length === 0) return letters;
  const groups = await groupsOf(session, letters);
  const now = ports.clock.now();
  for (const [n, { candidate }] of letters.entries()) {
    const group = groups[n] as string;
    if (aside.isFull(group, now)) aside.add(group, candidate);
  }
  return letters.filter((_, n) => !aside.isFull(groups[n] as string, now));
}

/** The receiving group of each letter. */
async function groupsOf(session: Session, letters: readonly Letter[]): Promise<string[]> {
  session.looksUpGroups = true;
  return session.ports.receivers.of(letters.map(({ mail }) => mail?.to.address ?? ""));
}

/**
 * Reserves rate and quota for as many as may go now. Those whose receiving groups have no room are set aside; the others go
 * back to the front of `pending`.
 */
async function reserve(session: Session, letters: readonly Letter[]): Promise<Reservation | undefined> {
  const { ports, mailRun, limits, pending } = session;
  let groups: readonly string[] | undefined;
  const result = await ports.limiter.reserve(
    mailRun.account,
    letters.length,
    limits.aheadMilliseconds,
    session.halted,
    mailRun.runId,
    async () => {
      groups = await groupsOf(session, letters);
      return groups;
    },
  );
  measureQuota(session, result);
  const picked = new Set(result.kind === "reserved" ? result.picks : []);
  const limited = result.kind === "reserved" || result.kind === "limited" ? result.limited : new Map();
  const left = letters.map((letter, n) => ({ letter, group: groups?.[n] ?? "", n })).filter(({ n }) => !picked.has(n));
  putAside(
    session,
    left.filter(({ group }) => limited.has(group)),
    limited,
  );
  pending.unshift(...left.filter(({ group }) => !limited.has(group)).map(({ letter }) => letter.candidate));
  if (result.kind === "quota-used-up") session.leave({ kind: "quota" });
  if (result.kind === "wait") {
    if (result.cause === "rate" && (await waitInPlace(session, result.until))) return undefined;
    const { until, cause, pausedFor, because } = result;
    const end = { kind: "waited", until, cause, pausedFor, ...(because && { because }) } as const;
    // Others found the account at fault: claimed messages must not go out either.
    if (result.cause === "paused") session.halt(end);
    else session.leave(end);
  }
  return result.kind === "reserved" ? result : undefined;
}

/**
 * Waits for the account's next rate slot, so that the message is ready when it is due: for an account of one mail in two
 * seconds, to requeue every chunk would cost more than the slot. False if the slot is too far away to keep the chunk.
 */
async function waitInPlace({ ports, mailRun, limits, halted }: Session, until: number): Promise<boolean> {
  const wait = until - ports.clock.now();
  if (wait > limits.inPlaceMilliseconds) return false;
  await ports.clock.sleep(Math.max(0, wait - ports.connections.openingMilliseconds(mailRun.account)), halted);
  return true;
}

function measureQuota({ ports, mailRun }: Session, result: ReserveResult): void {
  const { name } = mailRun.account;
  const record = (percent: number) => ports.metrics.record("QuotaUsed", percent, { account: name });
  if (result.kind === "reserved") record((100 * result.used) / quotaAt(mailRun.account, ports.clock.now()));
  if (result.kind === "quota-used-up") record(100);
}

async function claimAndSend(
  session: Session,
  letters: readonly Letter[],
  reservation: Reservation,
  readAt: number,
): Promise<void> {
  // A reservation that was delayed (this process was frozen) is for a time that has passed: it is made again.
  if (!reservation.valid() || !session.right.proven() || session.halted.aborted) {
    session.pending.unshift(...letters.map(({ candidate }) => candidate));
    return reservation.giveBack(letters.length, false, reservation.places);
  }
  const claimedAt = session.ports.clock.monotonic();
  const { made, refused } = await claimLetters(session, letters).catch(async (error) => {
    await reservation.giveBack(letters.length, false, reservation.places);
    throw error;
  });
  const tooOld = AbortSignal.timeout(session.limits.claimMilliseconds);
  const batch = { reservation, readAt, claimedAt, giveUp: AbortSignal.any([session.halted, tooOld]) };
  const places = new Map(letters.map((letter, n) => [letter, reservation.places[n]]));
  for (const { letter, claimId } of made) {
    const claimed = session.newClaim(letter.candidate, claimId);
    const { participant } = letter;
    void sendMessage(session, { claimed, mail: letter.mail!, participant, place: places.get(letter) }, batch);
  }
  if (refused.length > 0)
    await reservation.giveBack(
      refused.length,
      false,
      refused.map((letter) => places.get(letter)),
    );
  await recordRefused(session, refused);
}

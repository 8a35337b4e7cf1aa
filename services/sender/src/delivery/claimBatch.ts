import { randomUUID } from "node:crypto";
import type { Claim } from "@email-agent/shared/adapters/deliveryStatements.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { Session } from "./deliverySession.ts";
import { notBegun, notRendered } from "./outcomeOf.ts";
import type { Candidate, PersonResult } from "./person.ts";

/** A person read a moment ago, with their mail, or why it could not be rendered. */
export interface Letter {
  readonly candidate: Candidate;
  readonly participant: Participant;
  readonly mail?: Mail;
  readonly unrendered?: string;
}

interface Claims {
  readonly made: readonly { readonly letter: Letter; readonly claimId: string }[];
  readonly refused: readonly Letter[];
}

/** Claims in one call. A refused claim leaves that person to the holder of the delivery, and does not affect the others. */
export async function claimLetters(session: Session, letters: readonly Letter[]): Promise<Claims> {
  const { ports, mailRun, unsettled } = session;
  const now = instant(ports.clock.now());
  const claims = letters.map((letter) => claimOf(session, letter, now));
  const rule = { runId: mailRun.runId, now, userStarted: mailRun.userStarted };
  const results = await ports.deliveries.claim(mailRun.partition, claims, rule).catch((error) => {
    // It is unknown which claims were made; no message was begun, so those that were made are released.
    unsettled.claimed(claims.length);
    for (const [n, { candidate }] of letters.entries())
      session.newClaim(candidate, claims[n]!.claimId!).end(notBegun(candidate, claims[n]!.claimId!, ports.clock.now()));
    throw error;
  });
  const pairs = letters.map((letter, n) => ({ letter, claimId: claims[n]!.claimId! }));
  const made = pairs.filter((_, n) => results[n] === "claimed");
  unsettled.claimed(made.length);
  return { made, refused: letters.filter((_, n) => results[n] !== "claimed") };
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

/** Call it after the claims that were made are on their way: if this fails, they must still be settled. */
export async function recordRefused(session: Session, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return;
  const { ports, mailRun } = session;
  const now = instant(ports.clock.now());
  const ids = letters.map(({ candidate }) => candidate.id);
  const held = await ports.deliveries.getMany(mailRun.partition, ids);
  for (const id of ids) session.record(id, refusedResult(held.get(id), mailRun.runId, now));
}

/** The holder of the delivery decides what this run reports about the person. */
function refusedResult(delivery: Delivery | undefined, runId: string, now: string): PersonResult {
  if (delivery?.status === "deferred" && delivery.nextAttemptAt && delivery.nextAttemptAt > now)
    return { kind: "retry", at: epochMilliseconds(delivery.nextAttemptAt) };
  if (delivery?.runId === runId) return { kind: "elsewhere" };
  return { kind: "skipped", reason: delivery?.status === "failed" ? "failed-before" : "already-received" };
}

/** A mail that cannot be rendered is a failed delivery like any other, so it is claimed and settled; it costs no quota. */
export async function recordUnrendered(session: Session, letters: readonly Letter[]): Promise<void> {
  const { made, refused } = await claimLetters(session, letters);
  for (const { letter, claimId } of made) {
    const now = session.ports.clock.now();
    const claimed = session.newClaim(letter.candidate, claimId);
    claimed.end(notRendered(letter.candidate, claimId, letter.unrendered ?? "", now));
    session.ports.metrics.count("SendFailures", 1, { account: session.mailRun.account.name });
  }
  await recordRefused(session, refused);
}

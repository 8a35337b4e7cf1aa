import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { SendLimits } from "../sendLimits.ts";
import { beginBatch } from "./beginBatch.ts";
import type { Session } from "./deliverySession.ts";
import { openSession } from "./deliverySession.ts";
import type { DeliveryPorts, MailRun, Right } from "./mailRun.ts";
import { notBegun, unanswered } from "./outcomeOf.ts";
import type { Candidate, DeliveryEnd, PersonResult } from "./person.ts";

const batchLimit = 25;
/**
 * The next batch begins when this share of the places is free, so that one slow message holds up nobody behind it, or as
 * many as the account sends in a quarter of a second, if that is less: a slow account must not wait for its last answer.
 */
const freeShare = 0.75;
const batchesPerSecond = 4;

/**
 * How many messages may be claimed and unsettled at a time, 1 to 25: what the account sends in one second, or one on each
 * of its connections, so that a server which takes seconds for a message does not slow the account down.
 */
export function batchSize({
  ratePerSecond,
  maxConnections,
}: {
  readonly ratePerSecond: number;
  readonly maxConnections: number;
}): number {
  return Math.max(1, Math.min(batchLimit, Math.max(Math.floor(ratePerSecond), maxConnections)));
}

/**
 * Mails `candidates`, the one way in which this product sends anything. Batch by batch: right to go on, people read
 * again, mails made, rate and quota reserved, deliveries claimed, SMTP, outcomes settled; `record` hears once of every
 * person who got a result. Claimed without a settled outcome are at any moment at most `batchSize`.
 *
 * Answers why it ended. Rejects only on what nobody expected or on a dependency that is away; whatever was on the wire
 * then has been finished and recorded.
 */
export async function deliver(
  ports: DeliveryPorts,
  mailRun: MailRun,
  candidates: readonly Candidate[],
  right: Right,
  limits: SendLimits,
  record: (id: string, result: PersonResult) => void,
): Promise<DeliveryEnd> {
  const session = openSession(ports, mailRun, candidates, right, limits, record);
  const size = batchSize(mailRun.account);
  using _connections = ports.mailers.join(mailRun.account);
  try {
    await beginBatches(session, size);
  } catch (error) {
    // A wait that a pause, a stop or a failure elsewhere ended is no failure of its own.
    if (!session.halted.aborted) session.fail(error);
    else if (error !== session.halted.reason) ports.log.warn({ error }, "a batch that was to end anyway failed");
  }
  await land(session);
  if (session.error !== undefined) throw session.error;
  return session.end ?? (right.signal.aborted ? { kind: "ended" } : { kind: "done" });
}

async function beginBatches(session: Session, size: number): Promise<void> {
  const { hand, pending, halted, mailRun } = session;
  const enough = Math.ceil(Math.min(size * freeShare, mailRun.account.ratePerSecond / batchesPerSecond));
  // Nothing begins any more then; whether what is on the wire is waited for, and how long, is for `land` to say.
  const { promise: halting, resolve: halt } = Promise.withResolvers<void>();
  halted.addEventListener("abort", () => halt(), { once: true });
  for (;;) {
    await Promise.race([hand.atMost(size - enough), halting]);
    if (halted.aborted || session.end) return;
    if (pending.length > 0) await beginBatch(session, size - hand.size);
    else if (hand.size > 0) await Promise.race([hand.atMost(hand.size - 1), halting]);
    else return;
  }
}

/** Waits for what is on the wire. In a planned shutdown the wait has an end: then messages still unanswered are in doubt. */
async function land({ hand, right, ports, mailRun, limits, flying }: Session): Promise<void> {
  const landed = hand.atMost(0);
  const reason = right.signal.reason;
  const shuttingDown = () => right.signal.reason instanceof AppError && right.signal.reason.code === "shutting-down";
  const deadline = Promise.withResolvers<"deadline">();
  const arm = () => {
    if (shuttingDown()) setTimeout(() => deadline.resolve("deadline"), limits.drainMilliseconds).unref();
  };
  if (reason === undefined) right.signal.addEventListener("abort", arm, { once: true });
  else arm();
  if ((await Promise.race([landed, deadline.promise])) !== "deadline") return;
  for (const { candidate, claimId, begun, end } of flying) {
    end((begun ? unanswered : notBegun)(candidate, claimId, ports.clock.now()));
    if (begun) ports.metrics.count("SendInDoubt", 1, { account: mailRun.account.name });
  }
  await landed;
}

import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { SendLimits } from "../sendLimits.ts";
import { openSession, type Session } from "./deliverySession.ts";
import type { DeliveryPorts, MailRun, Right } from "./mailRun.ts";
import { notBegun, unresolved } from "./outcomeOf.ts";
import type { Candidate, DeliveryEnd, PersonResult } from "./person.ts";
import { leaveToOthers } from "./putAside.ts";
import { isOver, startBatch } from "./startBatch.ts";

const batchLimit = 25;
/**
 * The next batch starts when this share of the batch is settled, so that one slow message does not delay those behind it, or
 * as many as the account sends in a quarter of a second, if that is less: a slow account must not wait for its last reply.
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

/** How a delivery treats people whose receiving domain groups have no room. */
interface Patience {
  /** It waits for their groups, as its people are here for that; else it ends when only such people are left. */
  readonly waitsForGroups?: boolean;
}

/**
 * Mails `candidates`; all mail of this product is sent here. Batch by batch: check the right to go on, read the people again,
 * render their mails, reserve rate and quota, claim the deliveries, send by SMTP, settle the outcomes. `record` is called once
 * for every person with a result. At most `batchSize` claims are unsettled at any moment.
 *
 * Returns why it ended. Rejects only on an unexpected error or without a dependency; messages on the wire have been
 * finished and recorded by then.
 */
export async function deliver(
  ports: DeliveryPorts,
  mailRun: MailRun,
  candidates: readonly Candidate[],
  right: Right,
  limits: SendLimits,
  record: (id: string, result: PersonResult) => void,
  patience: Patience = {},
): Promise<DeliveryEnd> {
  const session = openSession(ports, mailRun, candidates, right, limits, record);
  const size = batchSize(mailRun.account);
  using _inUse = ports.connections.join(mailRun.account);
  if (session.looksUpGroups) void lookUpAhead(session, size);
  try {
    await startBatches(session, size, patience);
  } catch (error) {
    // A wait that a pause, a stop or another failure ended is not a failure itself.
    if (!session.halted.aborted) session.fail(error);
    else if (error !== session.halted.reason) ports.log.warn({ error }, "a batch that was to end anyway failed");
  }
  await drain(session);
  if (session.error !== undefined) throw session.error;
  return session.end ?? (right.signal.aborted ? { kind: "ended" } : { kind: "done" });
}

/** Looks up the receiving groups of the people behind the first batch, so that no later batch waits for DNS. */
async function lookUpAhead({ ports, pending }: Session, size: number): Promise<void> {
  const later = pending.slice(size).map(({ id }) => id);
  if (later.length === 0) return;
  // Each batch looks up what is missing.
  const people = await ports.participants.getMany(later).catch(() => new Map());
  ports.receivers.prepare([...people.values()].flatMap(({ email }) => email ?? []));
}

async function startBatches(session: Session, size: number, patience: Patience): Promise<void> {
  const { unsettled, pending, aside, halted, mailRun, ports } = session;
  const enough = Math.ceil(Math.min(size * freeShare, mailRun.account.ratePerSecond / batchesPerSecond));
  // Nothing begins after that; `drain` waits for what is on the wire.
  const { promise: halting, resolve: halt } = Promise.withResolvers<void>();
  halted.addEventListener("abort", () => halt(), { once: true });
  for (;;) {
    await Promise.race([unsettled.atMost(size - enough), halting]);
    if (halted.aborted || session.end) return;
    pending.unshift(...aside.takeDue(isOver(session) ? Number.POSITIVE_INFINITY : ports.clock.now()));
    if (pending.length > 0) await startBatch(session, size - unsettled.size);
    else if (unsettled.size > 0) await Promise.race([unsettled.atMost(unsettled.size - 1), halting]);
    else if (aside.size === 0) return;
    else if (!(patience.waitsForGroups && (await waitForGroup(session)))) return leaveToOthers(session);
  }
}

/** Waits until a receiving group has room; false if that is too far away to keep the chunk. */
async function waitForGroup({ aside, ports, right, limits, halted }: Session): Promise<boolean> {
  const wait = Math.min(aside.next, right.sendUntil ?? Number.POSITIVE_INFINITY) - ports.clock.now();
  if (wait > limits.inPlaceMilliseconds) return false;
  await ports.clock.sleep(Math.max(0, wait), halted);
  return true;
}

/** Waits for what is on the wire. In a graceful shutdown the wait has a deadline: messages without a reply are in doubt then. */
async function drain({ unsettled, right, ports, mailRun, limits, inFlight }: Session): Promise<void> {
  const settled = unsettled.atMost(0);
  const reason = right.signal.reason;
  const shuttingDown = () => right.signal.reason instanceof AppError && right.signal.reason.code === "shutting-down";
  const deadline = Promise.withResolvers<"deadline">();
  const arm = () => {
    if (shuttingDown()) setTimeout(() => deadline.resolve("deadline"), limits.drainMilliseconds).unref();
  };
  if (reason === undefined) right.signal.addEventListener("abort", arm, { once: true });
  else arm();
  if ((await Promise.race([settled, deadline.promise])) !== "deadline") return;
  for (const { candidate, claimId, begun, end } of inFlight) {
    end((begun ? unresolved : notBegun)(candidate, claimId, ports.clock.now()));
    if (begun) ports.metrics.count("SendInDoubt", 1, { account: mailRun.account.name });
  }
  await settled;
}

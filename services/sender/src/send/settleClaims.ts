import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { countLedger, type HeldClaim, type LedgerCount } from "./countLedger.ts";

interface ClaimPorts {
  readonly deliveries: Pick<Deliveries, "standings" | "getMany" | "settle">;
  readonly clock: Clock;
  readonly log: Log;
}

const lookMilliseconds = 1000;

/**
 * Counts partitions of the ledger until no claim is held in them. A claim that is held is given `claimMilliseconds` by the
 * monotonic clock of this process: for so long a live worker may begin its message. Then it becomes in-doubt, conditional
 * on its id. A message on the wire for longer may still get its outcome, which replaces in-doubt.
 */
export async function settleClaims(
  ports: ClaimPorts,
  partitions: readonly string[],
  claimMilliseconds: number,
  signal: AbortSignal,
): Promise<{ readonly counts: Map<string, LedgerCount>; readonly inDoubt: number }> {
  const { deliveries, clock, log } = ports;
  const counts = new Map<string, LedgerCount>();
  let inDoubt = 0;
  for (let open = [...partitions]; open.length > 0; ) {
    const since = clock.monotonic();
    for (const partition of open) counts.set(partition, await countLedger(deliveries, partition, signal));
    open = open.filter((partition) => (counts.get(partition)?.held.length ?? 0) > 0);
    if (open.length === 0) break;
    let held = open.map((partition) => ({ partition, claims: counts.get(partition)?.held ?? [] }));
    log.info(
      { claims: sizeOf(held) },
      "ended runs left claims; their workers may settle them until the claims are too old",
    );
    while (held.length > 0 && clock.monotonic() - since < claimMilliseconds) {
      await clock.sleep(Math.min(lookMilliseconds, claimMilliseconds), signal);
      held = await stillHeld(deliveries, held);
    }
    for (const { partition, claims } of held) {
      signal.throwIfAborted();
      const endedAt = instant(clock.now());
      const outcomes = claims.map((claim) => ({ ...claim, status: "in-doubt" as const, endedAt }));
      inDoubt += (await deliveries.settle(partition, outcomes)).filter(Boolean).length;
    }
  }
  return { counts, inDoubt };
}

const frozenReply = "Not mailed: its sender was frozen and woke when the Send had ended. A retry mails this person.";

/**
 * A run that is complete tries no one again, so people whose claim a late worker gave up have failed; not permanently, as
 * nothing was sent. Counts their partitions anew.
 */
export async function failGivenUp(
  { deliveries, clock }: ClaimPorts & { readonly deliveries: Pick<Deliveries, "settleDeferred"> },
  runId: string,
  counts: Map<string, LedgerCount>,
  signal: AbortSignal,
): Promise<void> {
  for (const [partition, { deferred }] of counts) {
    const outcomes = deferred.flatMap(({ participantId, claimId, runId: of }) =>
      of === runId && claimId !== undefined
        ? [{ participantId, claimId, status: "failed", permanent: false, smtpResponse: frozenReply } as const]
        : [],
    );
    if (outcomes.length === 0) continue;
    const endedAt = instant(clock.now());
    await deliveries.settleDeferred(
      partition,
      outcomes.map((outcome) => ({ ...outcome, endedAt })),
    );
    counts.set(partition, await countLedger(deliveries, partition, signal));
  }
}

interface HeldIn {
  readonly partition: string;
  readonly claims: readonly HeldClaim[];
}

async function stillHeld(deliveries: Pick<Deliveries, "getMany">, held: readonly HeldIn[]): Promise<HeldIn[]> {
  const still: HeldIn[] = [];
  for (const { partition, claims } of held) {
    const found = await deliveries.getMany(
      partition,
      claims.map(({ participantId }) => participantId),
    );
    const left = claims.filter(({ participantId, claimId }) => {
      const delivery = found.get(participantId);
      return delivery?.status === "sending" && delivery.claimId === claimId;
    });
    if (left.length > 0) still.push({ partition, claims: left });
  }
  return still;
}

function sizeOf(held: readonly HeldIn[]): number {
  return held.reduce((sum, { claims }) => sum + claims.length, 0);
}

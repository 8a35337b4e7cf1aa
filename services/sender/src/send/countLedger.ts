import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { type Handled, nothingHandled } from "./runCounters.ts";

/** A delivery without outcome, and the claim it has. */
export interface HeldClaim {
  readonly participantId: string;
  readonly claimId: string;
}

interface DeferredDelivery {
  readonly participantId: string;
  readonly claimId?: string | undefined;
  readonly runId: string;
  readonly endedAt?: string | undefined;
  readonly nextAttemptAt?: string | undefined;
}

/** What the ledger holds of one language. */
export interface LedgerCount {
  /** Sent, failed and in-doubt of all runs (`skipped` 0). */
  readonly all: Handled;
  readonly byRun: ReadonlyMap<string, Handled>;
  /** Claims that have no outcome yet. */
  readonly held: readonly HeldClaim[];
  readonly deferred: readonly DeferredDelivery[];
}

/** Counts one partition of the ledger in one pass, page by page; only people without an outcome are kept by name. */
export async function countLedger(
  deliveries: Pick<Deliveries, "standings">,
  partition: string,
  signal?: AbortSignal,
): Promise<LedgerCount> {
  const all = { ...nothingHandled };
  const byRun = new Map<string, { -readonly [Field in keyof Handled]: Handled[Field] }>();
  const held: HeldClaim[] = [];
  const deferred: DeferredDelivery[] = [];
  for await (const page of deliveries.standings(partition, signal)) {
    for (const { status, runId, participantId, claimId, endedAt, nextAttemptAt } of page) {
      if (status === "sending") {
        if (claimId !== undefined) held.push({ participantId, claimId });
      } else if (status === "deferred") deferred.push({ participantId, claimId, runId, endedAt, nextAttemptAt });
      else {
        const field = status === "in-doubt" ? "inDoubt" : status;
        const ofRun = byRun.get(runId) ?? { ...nothingHandled };
        byRun.set(runId, ofRun);
        ofRun[field] += 1;
        all[field] += 1;
      }
    }
  }
  return { all, byRun, held, deferred };
}

import type { ChunkResult } from "@email-agent/shared/adapters/chunkWrites.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { Counters } from "@email-agent/shared/domain/workOrder.ts";
import type { Candidate, PersonResult } from "../delivery/person.ts";

/** What became of the people of one chunk so far. */
export interface ChunkTally {
  record(id: string, result: PersonResult): void;
  counts(): Counters;
  result(): ChunkResult;
}

export function chunkTally(total: number): ChunkTally {
  let [sent, failed, inDoubt] = [0, 0, 0];
  const skipped: Record<string, string> = {};
  const retry: Record<string, string> = {};
  const limited: Record<string, string> = {};
  const counts = () => ({ total, sent, failed, inDoubt, skipped: Object.keys(skipped).length });
  return {
    record(id, result) {
      switch (result.kind) {
        case "sent":
          sent += 1;
          return;
        case "failed":
          failed += 1;
          return;
        case "in-doubt":
          inDoubt += 1;
          return;
        case "skipped":
          skipped[id] = result.reason;
          return;
        case "retry":
          retry[id] = instant(result.at);
          return;
        case "limited":
          retry[id] = instant(result.at);
          limited[id] = result.group;
          return;
        case "elsewhere":
          return;
      }
    },
    counts,
    result: () => ({ counts: counts(), skipped, retry, limited }),
  };
}

/**
 * Sorts the people of a picked-up chunk by what the ledger says of them: those an earlier worker of this run was done with
 * are recorded, the others are candidates. So a chunk counts right however many workers it had. `isOver`: at the end of
 * sending people who wait are candidates too, to be skipped.
 */
export function sortPeople(
  ids: readonly string[],
  ledger: ReadonlyMap<string, Delivery>,
  run: { readonly runId: string; readonly now: number; readonly isOver?: boolean },
  tally: ChunkTally,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const id of ids) {
    const delivery = ledger.get(id);
    const done = delivery?.runId === run.runId ? resultInLedger(delivery, run) : undefined;
    if (done) tally.record(id, done);
    else {
      const attempt = nextAttempt(delivery, run.runId);
      candidates.push({ id, attempt, returns: 0, hasDelivery: delivery !== undefined });
    }
  }
  return candidates;
}

/** What this run already knows of a person; undefined if they are to be tried. */
function resultInLedger(
  { status, smtpResponse, nextAttemptAt }: Delivery,
  { now, isOver }: { readonly now: number; readonly isOver?: boolean },
): PersonResult | undefined {
  switch (status) {
    case "sent":
    case "in-doubt":
      return { kind: status };
    case "failed":
      return { kind: "failed", reason: smtpResponse ?? "" };
    // A claim of a worker that is gone; at Finish at the latest it becomes in-doubt.
    case "sending":
      return { kind: "elsewhere" };
    case "deferred": {
      const at = nextAttemptAt ? epochMilliseconds(nextAttemptAt) : 0;
      return at > now && !isOver ? { kind: "retry", at } : undefined;
    }
  }
}

/** Only a soft bounce sets the time of the next attempt; an account that could not send uses up no attempt of its recipients. */
function nextAttempt(delivery: Delivery | undefined, runId: string): number {
  if (delivery?.runId !== runId) return 1;
  return delivery.attempt + (delivery.nextAttemptAt ? 1 : 0);
}

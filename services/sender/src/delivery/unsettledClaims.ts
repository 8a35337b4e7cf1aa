import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Outcome } from "@email-agent/shared/adapters/deliveryStatements.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { retryTransient } from "@email-agent/shared/kit/retryTransient.ts";
import type { SendLimits } from "../sendLimits.ts";
import type { ClaimEnd } from "./outcomeOf.ts";

/** The claims of one delivery that have no recorded outcome yet. */
export interface UnsettledClaims {
  /** Claimed and not yet settled. */
  readonly size: number;
  claimed(count: number): void;
  /** Takes the end of one claim; ends are written in batches. `settled` gets whether the ledger accepted it. */
  end(claimEnd: ClaimEnd, settled: (accepted: boolean) => void): void;
  /** Resolves when at most `size` claims are unsettled. Rejects if the ledger finally could not be written. */
  atMost(size: number): Promise<void>;
}

interface Waiting {
  readonly claimEnd: ClaimEnd;
  readonly settled: (accepted: boolean) => void;
}

const outcomesPerCall = 25;
const unstorable = "The reply of the mail server could not be stored";
export function unsettledClaims(
  ports: { readonly deliveries: Pick<Deliveries, "settle">; readonly clock: Clock; readonly log: Log },
  partition: string,
  { settleMilliseconds, finalWriteMilliseconds }: Pick<SendLimits, "settleMilliseconds" | "finalWriteMilliseconds">,
): UnsettledClaims {
  let size = 0;
  let inFlight = 0;
  let gathered: Waiting[] = [];
  let gathering: AbortController | undefined;
  let writing: Promise<void> = Promise.resolve();
  let broken: unknown;
  const watchers = new Set<() => void>();

  const flush = () => {
    gathering?.abort();
    gathering = undefined;
    const batch = gathered;
    gathered = [];
    writing = writing.then(() => write(batch));
  };
  const write = async (batch: Waiting[]) => {
    try {
      const accepted = await settle(batch);
      for (const [n, { settled }] of batch.entries()) settled(accepted[n] ?? false);
      size -= batch.length;
    } catch (error) {
      broken ??= error;
    }
    for (const watcher of watchers) watcher();
  };
  const settle = async (batch: Waiting[]): Promise<boolean[]> => {
    const outcomes = batch.map(({ claimEnd }) => claimEnd.outcome);
    try {
      return await patiently(outcomes);
    } catch (error) {
      if (dispositionOf(error) !== "reject") throw error;
      // One outcome that the database cannot hold must not keep the others unsettled.
      const accepted: boolean[] = [];
      for (const outcome of outcomes) accepted.push(await settleAlone(outcome));
      return accepted;
    }
  };
  /** The outcome matters more than the reply. */
  const settleAlone = async (outcome: Outcome): Promise<boolean> => {
    try {
      return (await patiently([outcome]))[0] ?? false;
    } catch (error) {
      if (dispositionOf(error) !== "reject") throw error;
      ports.log.warn({ error }, "an outcome is recorded without its reply, which the database cannot hold");
      return (await patiently([{ ...outcome, smtpResponse: unstorable }]))[0] ?? false;
    }
  };
  const patiently = (outcomes: readonly Outcome[]): Promise<boolean[]> =>
    retryTransient(ports, "writing outcomes", () => ports.deliveries.settle(partition, outcomes), {
      retries: (error) => dispositionOf(error) !== "reject",
      // The outcome is known nowhere else, and without it the message stays in doubt.
      milliseconds: finalWriteMilliseconds,
    });

  return {
    get size() {
      return size;
    },
    claimed(count) {
      size += count;
      inFlight += count;
    },
    end(claimEnd, settled) {
      inFlight -= 1;
      gathered.push({ claimEnd, settled });
      // The last one does not wait: no other will join its batch.
      if (gathered.length >= outcomesPerCall || inFlight === 0) flush();
      else if (!gathering) {
        gathering = new AbortController();
        ports.clock.sleep(settleMilliseconds, gathering.signal).then(flush, () => undefined);
      }
    },
    atMost(limit) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = () => {
        if (broken === undefined && size > limit) return;
        watchers.delete(look);
        broken === undefined ? resolve() : reject(broken);
      };
      watchers.add(look);
      look();
      return promise;
    },
  };
}

import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import { countLedger, type LedgerCount } from "./countLedger.ts";

interface RecountPorts {
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "count">;
}

/** Claims that are still `sending` become in-doubt, for no worker of this run holds them any more; then the language is recounted. */
export async function recount(
  { deliveries, clock, metrics }: RecountPorts,
  run: Pick<StepRun, "runId" | "order" | "signal" | "proveLease">,
  partition: string,
): Promise<LedgerCount> {
  run.proveLease();
  const found = await countLedger(deliveries, partition, run.signal);
  if (found.held.length === 0) return found;
  // Reading a large ledger takes longer than a proof holds.
  run.proveLease();
  const settled = await deliveries.settleAbandoned(partition, "all", instant(clock.now()), run.signal);
  if (settled > 0) metrics.count("SendInDoubt", settled, { account: run.order.account });
  return countLedger(deliveries, partition, run.signal);
}

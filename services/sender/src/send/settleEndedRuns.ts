import { countAgain } from "@email-agent/shared/adapters/countAgain.ts";
import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Runs } from "@email-agent/shared/adapters/runs.ts";
import type { SettlementJob } from "@email-agent/shared/adapters/stepQueues.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { runEndLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { type SettleableRun, settleableRuns } from "@email-agent/shared/domain/lifecycle/settlement.ts";
import { settleAgainWrite, settledWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { UnsettledRun, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { SendLimits } from "../sendLimits.ts";
import { endedNumbers } from "./endedNumbers.ts";
import { failGivenUp, settleClaims } from "./settleClaims.ts";
import { takeSettlement } from "./settlerLease.ts";

export interface SettlementPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write">;
  readonly deliveries: Pick<Deliveries, "standings" | "getMany" | "settle" | "settleDeferred">;
  readonly runs: Pick<Runs, "plan" | "skipped">;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
}

/**
 * Settles what the ended runs of one order left: claims of workers that are gone become in-doubt, and the numbers of step
 * and audit are counted again from the ledger. Every write is conditional and may be repeated, so this may stop at any
 * line; ingest adds the job again. It begins nothing and needs neither account nor content.
 */
export async function settleEndedRuns(
  ports: SettlementPorts,
  limits: Pick<SendLimits, "settlerHeartbeatMilliseconds" | "proofMilliseconds" | "claimMilliseconds">,
  job: SettlementJob,
  shutdown: AbortSignal,
): Promise<void> {
  const { log, metrics } = ports;
  const lease = await takeSettlement(ports, job, limits, shutdown);
  if (!lease) return log.debug({ settles: job.settles }, "A settlement had been picked up, or is over");
  await using _held = lease;
  try {
    const runs = settleableRuns(lease.order.unsettled);
    const partitions = [...new Set(runs.flatMap(([, run]) => run.partitions))];
    const { counts, inDoubt } = await settleClaims(ports, partitions, limits.claimMilliseconds, lease.signal);
    if (inDoubt > 0) metrics.count("SendInDoubt", inDoubt, { account: lease.order.account });
    for (const [runId, run] of runs) {
      if (run.status === "complete") await failGivenUp(ports, runId, counts, lease.signal);
      const numbers = await endedNumbers(ports, lease.order, runId, run, counts);
      const line = lineOf(lease.order, runId, run, numbers?.counters);
      await lease.write(
        (order, at) =>
          settledWrite(order, runId, numbers?.languages && { ...numbers, languages: numbers.languages }, at),
        line && { audit: line, replacesLine: true },
      );
      log.info({ runId, step: run.step, inDoubt, counters: numbers?.counters }, "an ended run is settled");
    }
  } catch (error) {
    if (dispositionOf(error) !== "interrupted") throw error;
    log.info({ error }, "a settlement was given up; it goes on elsewhere, or a new run takes it over");
  }
}

function lineOf(order: WorkOrder, runId: string, run: SettleableRun, counters: UnsettledRun["counters"]) {
  if (run.keepsLine) return undefined;
  return (
    counters && runEndLine(order.id, { runId, step: run.step }, run.status, counters, epochMilliseconds(run.endedAt))
  );
}

/** A run is counted, and then its end is written: with a ledger of a million a minute may lie between the two. */
const looks = 45;
const lookMilliseconds = 2000;

/**
 * To be called when a worker has settled claims of a run that it had no right to work for any more: the run may have been
 * counted without them, so it is counted once more after its end. While the run works it waits for that end, until `waiting`
 * aborts; without `waiting` it does not wait.
 */
export async function settleAgain(
  { orders, clock }: Pick<SettlementPorts, "orders" | "clock">,
  workOrderId: string,
  step: StepName,
  runId: string,
  waiting?: AbortSignal,
): Promise<void> {
  const stillWorks = async () => {
    const record = (await orders.get(workOrderId))?.steps[step];
    return record?.runId === runId && record.status === "working";
  };
  for (let look = 0; waiting && !waiting.aborted && look < looks && (await stillWorks()); look += 1)
    await clock.sleep(lookMilliseconds, waiting).catch(() => undefined);
  await countAgain(orders, workOrderId, (order) => settleAgainWrite(order, step, runId, clock.now()));
}

import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Runs } from "@email-agent/shared/adapters/runs.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { type LastRun, reconcile, reconcileEarlier } from "@email-agent/shared/domain/delivery/reconciliation.ts";
import { notConfirmedReason } from "@email-agent/shared/domain/lifecycle/confirmedSize.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderReconciliation } from "../../api/recipients.ts";
import type { Manager } from "../manager.ts";

/**
 * Who got the mailing and who did not, per language: the ledger counted now, beside what the last run of Send found
 * eligible and skipped. Of an earlier mailing only the ledger is left.
 */
export async function reconcileOrder(
  ports: Pick<Manager, "deliveries" | "runs" | "clock">,
  order: WorkOrder,
  mailing: OrderMailing,
  signal: AbortSignal,
): Promise<OrderReconciliation> {
  const runId = mailing.isCurrent ? order.steps.Send.runId : undefined;
  const countedAt = instant(ports.clock.now());
  const languages: OrderReconciliation["languages"][number][] = [];
  for (const language of mailing.languages) {
    const partition = mailingKey(mailing, language);
    const ledger = await ports.deliveries.count(partition, signal);
    if (!mailing.isCurrent) {
      languages.push({ language, ...reconcileEarlier(ledger) });
      continue;
    }
    const lastRun = lastRunOf(order, language);
    const mayOverlap = runId !== undefined && ledger.deferred > 0 && lastRun !== undefined && lastRun.skipped > 0;
    const overlap = mayOverlap ? await skippedWaiting(ports, { partition, runId, language }, signal) : 0;
    languages.push({ language, ...reconcile(ledger, lastRun, overlap) });
  }
  return { countedAt, languages };
}

function lastRunOf({ steps }: WorkOrder, language: string): LastRun | undefined {
  const counters = steps.Send.languages?.[language];
  if (!counters) return undefined;
  const { total: eligible, skipped, reasons = {} } = counters;
  return { status: steps.Send.status, eligible, skipped, notConfirmed: reasons[notConfirmedReason] ?? 0 };
}

/** People who are deferred and whom the run skipped, as at the end of sending: they would count twice. */
async function skippedWaiting(
  { deliveries, runs }: { readonly deliveries: Pick<Deliveries, "standings">; readonly runs: Pick<Runs, "skipped"> },
  { partition, runId, language }: { partition: string; runId: string; language: string },
  signal: AbortSignal,
): Promise<number> {
  const waiting = new Set<string>();
  for await (const page of deliveries.standings(partition, signal))
    for (const { participantId, status } of page) if (status === "deferred") waiting.add(participantId);
  let both = 0;
  for await (const { chunks } of runs.skipped(runId, language, { limit: 100, signal }))
    for (const { skipped } of chunks) for (const id of Object.keys(skipped)) if (waiting.delete(id)) both += 1;
  return both;
}

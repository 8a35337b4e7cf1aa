import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { type LanguageCounters, type WorkOrder, zeroCounters } from "@email-agent/shared/domain/workOrder.ts";
import type { Manager } from "../manager.ts";

/**
 * The order with what its Send reached since the Dry-Run, counted from the deliveries, where a change of the order (of its
 * account, say) took the numbers of that Send away and left the Dry-Run standing; else the order as it is. For sizes and
 * warnings only.
 */
export async function withSentBeforeReset(
  { audit, deliveries }: Pick<Manager, "audit" | "deliveries">,
  order: WorkOrder,
): Promise<WorkOrder> {
  const { "Dry-Run": dryRun, Send } = order.steps;
  if (Send.status !== "ready" || Send.runId === undefined || dryRun.status !== "complete") return order;
  const endedAt = await endOf({ audit }, order.id, Send.runId);
  // What a Send had reached before the Dry-Run is part of its numbers.
  if (endedAt === undefined || endedAt <= (dryRun.startedAt ?? "")) return order;
  const languages: Record<string, LanguageCounters> = {};
  const counters = { ...zeroCounters };
  for (const code of order.languages) {
    const { sent, failed, sending, inDoubt } = await deliveries.count(mailingKey(order, code));
    const reached = { ...zeroCounters, sent, failed, inDoubt: inDoubt + sending };
    languages[code] = { ...reached, total: sent + failed + reached.inDoubt };
    counters.sent += sent;
    counters.failed += failed;
    counters.inDoubt += reached.inDoubt;
  }
  return { ...order, steps: { ...order.steps, Send: { ...Send, startedAt: endedAt, counters, languages } } };
}

/** When a run of Send ended; undefined if nothing is known of it. */
async function endOf({ audit }: Pick<Manager, "audit">, orderId: string, runId: string): Promise<string | undefined> {
  for await (const { sk, at } of audit.lines(orderId, "E")) if (sk === `E#${runId}#Send`) return at;
  return undefined;
}

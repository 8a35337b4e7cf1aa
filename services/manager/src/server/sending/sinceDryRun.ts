import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { changeSince, type ReachedSince } from "@email-agent/shared/domain/lifecycle/sendSize.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Manager } from "../manager.ts";

/** What the ledger holds that the last Dry-Run did not know. */
export interface SinceDryRun {
  readonly reached: ReachedSince;
  /** Deliveries in doubt now, over all enabled languages. */
  readonly inDoubt: number;
}

/**
 * Counts the deliveries of an order: the counters of its Send know nothing of mails resolved since, and a change of the
 * order (of its account, say) takes them away and leaves the Dry-Run standing. Undefined where Send never ran or no complete
 * Dry-Run stands.
 */
export async function sinceDryRun(
  { deliveries }: Pick<Manager, "deliveries">,
  order: WorkOrder,
): Promise<SinceDryRun | undefined> {
  const { "Dry-Run": dryRun, Send } = order.steps;
  const { startedAt } = dryRun;
  if (Send.runId === undefined || dryRun.status !== "complete" || startedAt === undefined) return undefined;
  const reached: Record<string, number> = {};
  let inDoubt = 0;
  for (const code of order.languages) {
    let sum = 0;
    for await (const page of deliveries.standings(mailingKey(order, code)))
      for (const delivery of page) {
        sum += changeSince(delivery, startedAt);
        if (delivery.status === "in-doubt") inDoubt += 1;
      }
    reached[code] = sum;
  }
  return { reached, inDoubt };
}

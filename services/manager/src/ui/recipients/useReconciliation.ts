"use client";
import useSWR from "swr";
import type { Order, OrderReconciliation } from "../../api.ts";
import { call } from "../http.ts";

/** Counting a large ledger takes seconds, so it is kept until Send ran again or somebody resolved a mail. */
const once = { revalidateOnFocus: false, revalidateOnReconnect: false, revalidateIfStale: false } as const;

function keyOf({ id, steps }: Pick<Order, "id" | "steps">) {
  const { runId = "", status, endedAt = "", nextRunAt = "" } = steps.Send;
  return ["reconciliation", id, runId, status === "working" ? status : endedAt || nextRunAt] as const;
}

/** Counts the ledger of an order when `wanted`; the same answer serves everybody on the page. */
export function useReconciliation(order: Order, wanted: boolean) {
  return useSWR<OrderReconciliation, unknown>(
    wanted ? keyOf(order) : null,
    () => call<OrderReconciliation>("GET", `/api/work-orders/${order.id}/reconciliation`),
    once,
  );
}

/** What was counted already, without counting. */
export function useCountedLedger(order: Order): OrderReconciliation | undefined {
  return useSWR<OrderReconciliation>(keyOf(order), null, once).data;
}

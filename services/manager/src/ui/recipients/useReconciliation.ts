"use client";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import type { OrderReconciliation } from "../../api/recipients.ts";
import { call } from "../http.ts";

/** Counting a large ledger takes seconds, so it is kept until Send ran again or somebody resolved a mail. */
const once = { revalidateOnFocus: false, revalidateOnReconnect: false, revalidateIfStale: false } as const;

function keyOf({ id, steps }: Pick<Order, "id" | "steps">) {
  const { runId = "", status, endedAt = "", nextRunAt = "" } = steps.Send;
  return ["reconciliation", id, runId, status === "working" ? status : endedAt || nextRunAt] as const;
}

const count = ([, id]: ReturnType<typeof keyOf>) =>
  call<OrderReconciliation>("GET", `/api/work-orders/${id}/reconciliation`);

/** Counts the ledger of an order when `wanted`; the same answer serves everybody on the page. */
export function useReconciliation(order: Order, wanted: boolean) {
  return useSWR<OrderReconciliation, unknown, ReturnType<typeof keyOf> | null>(
    wanted ? keyOf(order) : null,
    count,
    once,
  );
}

/** What was counted already; it counts nothing by itself. */
export function useCountedLedger(order: Order): OrderReconciliation | undefined {
  // It has the same way to count: whoever asks for counting again is answered by the first on the page.
  return useSWR(keyOf(order), count, { ...once, revalidateOnMount: false }).data;
}

"use client";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import type { OrderReconciliation } from "../../api/recipients.ts";
import { call } from "../http.ts";

/** Counting a large ledger takes seconds, so it is kept until Send ran again or somebody resolved a mail. */
const once = { revalidateOnFocus: false, revalidateOnReconnect: false, revalidateIfStale: false } as const;

function keyOf({ id, steps }: Pick<Order, "id" | "steps">, mailing = "") {
  const { runId = "", status, endedAt = "", nextRunAt = "" } = steps.Send;
  return ["reconciliation", id, mailing, runId, status === "working" ? status : endedAt || nextRunAt] as const;
}

const count = ([, id, mailing]: ReturnType<typeof keyOf>) =>
  call<OrderReconciliation>("GET", `/api/work-orders/${id}/reconciliation${mailing && `?mailing=${mailing}`}`);

const againMilliseconds = 3000;
/** So long after the end of a run it is counted again while mails are on the wire: what became of one is known by then. */
const settledMilliseconds = 120_000;

/** A worker learns of a stop within two seconds: what it began until then is in no ledger counted before. */
const heardMilliseconds = 5000;

/** When a ledger is counted again by itself: the mails that were on the wire at the end of a run are still settled. 0: not. */
export function countedAgainAfter({ steps }: Pick<Order, "steps">, ledger: OrderReconciliation | undefined): number {
  const { status, endedAt } = steps.Send;
  if (!ledger || !endedAt || (status !== "interrupted" && status !== "exception")) return 0;
  const isOnWire = ledger.languages.some(({ sending }) => sending > 0);
  const settledAt = Date.parse(endedAt) + (isOnWire ? settledMilliseconds : heardMilliseconds);
  return Date.parse(ledger.countedAt) < settledAt ? againMilliseconds : 0;
}

/**
 * Counts the ledger of an order when `wanted`; the same answer serves everybody on the page. `mailing`: name of an earlier
 * one, whose ledger no run changes any more.
 */
export function useReconciliation(order: Order, wanted: boolean, mailing: string | undefined) {
  const key = wanted ? keyOf(order, mailing) : null;
  return useSWR<OrderReconciliation, unknown, ReturnType<typeof keyOf> | null>(key, count, {
    ...once,
    refreshInterval: (ledger) => (mailing === undefined ? countedAgainAfter(order, ledger) : 0),
  });
}

/** What was counted already; it counts nothing by itself. */
export function useCountedLedger(order: Order): OrderReconciliation | undefined {
  // It has the same way to count: whoever asks for counting again is answered by the first on the page.
  return useSWR(keyOf(order), count, { ...once, revalidateOnMount: false }).data;
}

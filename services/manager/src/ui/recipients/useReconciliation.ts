"use client";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import type { OrderReconciliation } from "../../api/recipients.ts";
import { call } from "../http.ts";

/** Counting a large ledger takes seconds, so a count is kept until Send has run again or a user has resolved a mail. */
const once = { revalidateOnFocus: false, revalidateOnReconnect: false, revalidateIfStale: false } as const;

function keyOf({ id, steps }: Pick<Order, "id" | "steps">, mailing = "") {
  const { runId = "", status, endedAt = "", nextRunAt = "" } = steps.Send;
  return ["reconciliation", id, mailing, runId, status === "working" ? status : endedAt || nextRunAt] as const;
}

const count = ([, id, mailing]: ReturnType<typeof keyOf>) =>
  call<OrderReconciliation>("GET", `/api/work-orders/${id}/reconciliation${mailing && `?mailing=${mailing}`}`);

const againMilliseconds = 3000;
/** While mails are on the wire after a run has ended, it is counted again for this long: by then their outcome is known. */
const settledMilliseconds = 120_000;

/** A worker hears of a stop within two seconds: an earlier count lacks what it began until then. */
const heardMilliseconds = 5000;

/** After how many milliseconds a count repeats by itself, for mails on the wire at the end of a run; 0: never. */
export function countedAgainAfter({ steps }: Pick<Order, "steps">, ledger: OrderReconciliation | undefined): number {
  const { status, endedAt } = steps.Send;
  if (!ledger || !endedAt || (status !== "interrupted" && status !== "exception")) return 0;
  const isOnWire = ledger.languages.some(({ sending }) => sending > 0);
  const settledAt = Date.parse(endedAt) + (isOnWire ? settledMilliseconds : heardMilliseconds);
  return Date.parse(ledger.countedAt) < settledAt ? againMilliseconds : 0;
}

/**
 * Counts the ledger of an order when `wanted`; every component of the page shares the count. `mailing`: name of an earlier
 * mailing, whose ledger no run changes.
 */
export function useReconciliation(order: Order, wanted: boolean, mailing: string | undefined) {
  const key = wanted ? keyOf(order, mailing) : null;
  return useSWR<OrderReconciliation, unknown, ReturnType<typeof keyOf> | null>(key, count, {
    ...once,
    refreshInterval: (ledger) => (mailing === undefined ? countedAgainAfter(order, ledger) : 0),
  });
}

/** The last count, if there is one; it starts none. */
export function useCountedLedger(order: Order): OrderReconciliation | undefined {
  // SWR counts again with the fetcher of any component, so this one needs it too.
  return useSWR(keyOf(order), count, { ...once, revalidateOnMount: false }).data;
}

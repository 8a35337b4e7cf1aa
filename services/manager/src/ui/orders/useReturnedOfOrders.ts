import { useRef } from "react";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import { mostOrdersAtOnce, type ReturnedOfOrders } from "../../api/recipients.ts";
import { call } from "../http.ts";

const againMilliseconds = 5 * 60_000;

interface Read {
  readonly mails: number;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

/** Order id → mails that came back, of the orders shown that have sent any. Empty while it is read; it comes for days. */
export function useReturnedOfOrders(orders: readonly Order[]): ReturnedOfOrders["orders"] {
  /** A list that grows asks for its new orders only. */
  const read = useRef(new Map<string, Read>());
  const ids = orders.filter(({ steps }) => (steps.Send.counters?.sent ?? 0) > 0).map(({ id }) => id);
  return (
    useSWR<ReturnedOfOrders["orders"], Error>(ids.length === 0 ? null : ["returned", ...ids.toSorted()], {
      fetcher: () => readMissing(ids, read.current),
      refreshInterval: againMilliseconds,
      keepPreviousData: true,
    }).data ?? {}
  );
}

async function readMissing(ids: readonly string[], read: Map<string, Read>): Promise<ReturnedOfOrders["orders"]> {
  const isOld = (id: string) =>
    performance.now() - (read.get(id)?.at ?? Number.NEGATIVE_INFINITY) > againMilliseconds / 2;
  const missing = ids.filter(isOld);
  for (let from = 0; from < missing.length; from += mostOrdersAtOnce) {
    const some = missing.slice(from, from + mostOrdersAtOnce);
    const { orders } = await call<ReturnedOfOrders>("GET", `/api/work-orders/returned?orders=${some.join(",")}`);
    for (const id of some) read.set(id, { mails: orders[id] ?? 0, at: performance.now() });
  }
  return Object.fromEntries([...read].map(([id, { mails }]) => [id, mails]));
}

import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import { mostOrdersAtOnce, type ReturnedOfOrders } from "../../api/recipients.ts";
import { call } from "../http.ts";

const againMilliseconds = 5 * 60_000;

/** Order id → mails that came back, of the orders shown that have sent any. Empty while it is read; it comes for days. */
export function useReturnedOfOrders(orders: readonly Order[]): ReturnedOfOrders["orders"] {
  const ids = orders.filter(({ steps }) => (steps.Send.counters?.sent ?? 0) > 0).map(({ id }) => id);
  const key = ids.length === 0 ? null : `/api/work-orders/returned?orders=${ids.sort().join(",")}`;
  return (
    useSWR<ReturnedOfOrders["orders"], Error>(key, () => readAll(ids), {
      refreshInterval: againMilliseconds,
      keepPreviousData: true,
    }).data ?? {}
  );
}

async function readAll(ids: readonly string[]): Promise<ReturnedOfOrders["orders"]> {
  let all: ReturnedOfOrders["orders"] = {};
  for (let from = 0; from < ids.length; from += mostOrdersAtOnce) {
    const some = ids.slice(from, from + mostOrdersAtOnce).join(",");
    all = { ...all, ...(await call<ReturnedOfOrders>("GET", `/api/work-orders/returned?orders=${some}`)).orders };
  }
  return all;
}

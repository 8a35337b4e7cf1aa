import { useCallback, useEffect, useRef } from "react";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import type { GoNoGo } from "../../api/sending.ts";
import { call } from "../http.ts";

const everyMilliseconds = 60_000;

/** The facts before Send, read anew for every opening (`openedAt`), when the order changes, and every minute. */
export function useGoNoGo({ id, version }: Pick<Order, "id" | "version">, openedAt: number) {
  const { data, error, mutate } = useSWR<GoNoGo>(
    [`/api/work-orders/${id}/go-no-go`, openedAt],
    ([path]: readonly [string, number]) => call<GoNoGo>("GET", path),
    { refreshInterval: everyMilliseconds, dedupingInterval: 500 },
  );
  const known = useRef(version);
  useEffect(() => {
    if (known.current === version) return;
    known.current = version;
    void mutate();
  }, [version, mutate]);
  const retry = useCallback(() => void mutate(), [mutate]);
  return { facts: data, error, retry };
}

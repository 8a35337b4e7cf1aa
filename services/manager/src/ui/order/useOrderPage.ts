import { stepNames } from "@email-agent/shared/domain/steps.ts";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { RequestFailed } from "../http.ts";
import { useLive, useOrder } from "../live/useLive.ts";

export type OrderPageState =
  | { readonly kind: "loading" }
  | { readonly kind: "shown"; readonly order: Order }
  /** It does not exist, or belongs to an event the user may not see. */
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly error: unknown; readonly retry: () => void };

/** The order of a page. Lists omit findings, so it is read over HTTP when the page opens and whenever a step ends. */
export function useOrderPage(id: string): OrderPageState {
  const order = useOrder(id);
  const { refresh } = useLive();
  const [failure, setFailure] = useState<unknown>();
  const [wasThere, setWasThere] = useState(false);
  const ends = order && endsOf(order);
  const lastEnds = useRef(ends);

  const read = useCallback(() => {
    setFailure(undefined);
    refresh(id).catch(setFailure);
  }, [id, refresh]);
  useEffect(read, [read]);
  useEffect(() => {
    if (ends === undefined) return;
    setWasThere(true);
    // A failure here loses nothing: the next end, or opening the page again, reads it.
    if (lastEnds.current !== undefined && lastEnds.current !== ends) refresh(id).catch(() => {});
    lastEnds.current = ends;
  }, [ends, id, refresh]);

  if (order) return { kind: "shown", order };
  if (failure instanceof RequestFailed && failure.status === 404) return { kind: "absent" };
  if (failure !== undefined) return { kind: "failed", error: failure, retry: read };
  return wasThere ? { kind: "absent" } : { kind: "loading" };
}

/** Changes when a step ends. */
function endsOf({ steps }: Order): string {
  return stepNames.map((name) => `${steps[name].runId}/${steps[name].endedAt}`).join(" ");
}

import { useCallback, useEffect, useRef } from "react";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import type { Sending } from "../../api/sending.ts";
import { call } from "../http.ts";

/** A response, with how far the server's clock was ahead of the browser's on arrival (milliseconds). */
export interface TimedSending extends Sending {
  readonly aheadMilliseconds: number;
}

async function read([path]: readonly [string, ...unknown[]]): Promise<TimedSending> {
  const sending = await call<Sending>("GET", path);
  return { ...sending, aheadMilliseconds: Date.parse(sending.at) - Date.now() };
}

export interface SendingReads {
  /** With points, as of the opening of the page, or the last start or end of a run. */
  readonly whole: TimedSending | undefined;
  /** Without points, reloaded every minute while Send is under way: limits, quota, whether recipients are still being found. */
  readonly limits: TimedSending | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

const everyMilliseconds = 60_000;
/** While recipients are still being found, or nothing is known. */
const oftenMilliseconds = 5000;

/**
 * The progress of an order's Send, from the server. All of it is loaded only when a run begins or ends and when the user
 * returns to the page after a while, for the live order has the rest; what the forecast needs is loaded more often.
 */
export function useSending({ id, steps: { Send } }: Order): SendingReads {
  const path = `/api/work-orders/${id}/sending`;
  const isUnderWay = Send.status === "working" || Send.status === "sleeping";
  const { data, error, mutate } = useSWR<TimedSending>(
    // The page shows a run before the server knows it, and loads again when it does: `startedAt` changes then.
    Send.runId === undefined ? null : [path, Send.runId, Send.status, Send.startedAt],
    read,
    { keepPreviousData: true, focusThrottleInterval: everyMilliseconds, revalidateIfStale: true },
  );
  const limits = useSWR<TimedSending>(isUnderWay ? [`${path}?points=no`, Send.runId, Send.startedAt] : null, read, {
    keepPreviousData: true,
    refreshInterval: (newest) => (newest?.limits && !newest.planning ? everyMilliseconds : oftenMilliseconds),
    focusThrottleInterval: oftenMilliseconds,
  });
  // The last mails are recounted when a run ends; a response from just before may lack them.
  const ended = useRef(Send.endedAt);
  useEffect(() => {
    if (ended.current === Send.endedAt) return;
    ended.current = Send.endedAt;
    void mutate();
  }, [Send.endedAt, mutate]);
  const retry = useCallback(() => void mutate(), [mutate]);
  return { whole: data, limits: limits.data ?? data, error, retry };
}

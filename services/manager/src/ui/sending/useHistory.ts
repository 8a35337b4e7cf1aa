import { stepNames } from "@email-agent/shared/domain/steps.ts";
import { useEffect, useRef } from "react";
import useSWRInfinite from "swr/infinite";
import type { Order } from "../../api/orders.ts";
import type { HistoryLine, HistoryPage } from "../../api/sending.ts";
import { call } from "../http.ts";

export interface HistoryState {
  readonly phase: "loading" | "ready" | "failed";
  readonly error: unknown;
  readonly retry: () => void;
  readonly lines: readonly HistoryLine[];
  /** Absent after the oldest line. */
  readonly older?: { readonly load: () => void; readonly isLoading: boolean };
}

/** The history of an order, page by page; reloaded when something happens that writes a line. */
export function useHistory(order: Order): HistoryState {
  const path = `/api/work-orders/${order.id}/history`;
  const { data, error, size, setSize, mutate } = useSWRInfinite<HistoryPage>(
    (index: number, before: HistoryPage | null) => {
      if (index === 0) return path;
      return before?.next === undefined ? null : `${path}?after=${encodeURIComponent(before.next)}`;
    },
    (key: string) => call<HistoryPage>("GET", key),
    { revalidateFirstPage: true },
  );
  const happened = happenedTo(order);
  const known = useRef(happened);
  useEffect(() => {
    if (known.current === happened) return;
    known.current = happened;
    void mutate();
  }, [happened, mutate]);

  const pages = data ?? [];
  const isLoadingOlder = pages.length < size;
  const hasOlder = pages.at(-1)?.next !== undefined || (isLoadingOlder && pages.length > 0);
  return {
    phase: data ? "ready" : error === undefined ? "loading" : "failed",
    error,
    retry: () => void mutate(),
    lines: pages.flatMap(({ lines }) => lines),
    ...(hasOlder && { older: { load: () => void setSize(size + 1), isLoading: isLoadingOlder } }),
  };
}

/** Changes with every judged command, every end of a run, and every edit, archiving or resolution; not with progress. */
export function happenedTo({ id, lastCommand, steps, updatedBy, updatedAt, editLease, archived }: Order): string {
  const isRunning = stepNames.some((name) => steps[name].status === "working");
  const ends = stepNames.map((name) => `${steps[name].status}${steps[name].endedAt ?? ""}`);
  return [id, lastCommand?.id, updatedBy, archived, editLease?.userId, ...ends, ...(isRunning ? [] : [updatedAt])].join(
    " ",
  );
}

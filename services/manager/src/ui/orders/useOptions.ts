"use client";
import { useCallback, useMemo } from "react";
import useSWR from "swr";
import type { Options, Order } from "../../api/orders.ts";
import { call } from "../http.ts";

/** Events, stages, languages, accounts and testers to choose from; read again when the page becomes visible. */
export function useOptions(): { readonly options: Options | undefined; readonly error: unknown } {
  const { data, error } = useSWR<Options>("/api/options", (path: string) => call<Options>("GET", path), {
    revalidateOnFocus: true,
    dedupingInterval: 10_000,
  });
  return { options: data, error };
}

/** The name of an order's event and the description of its stage; absent for what the options do not hold (yet). */
export interface MailingNames {
  readonly event?: string | undefined;
  readonly stage?: string | undefined;
}

/** What the codes of an order stand for. The same function until the options change. */
export function useMailingNames(): (order: Pick<Order, "eventCode" | "stage">) => MailingNames {
  const { options } = useOptions();
  return useMemo(() => {
    const events = new Map(options?.events.map(({ code, name }) => [code, name]));
    const stages = new Map(options?.stages.map(({ name, description }) => [name, description]));
    return ({ eventCode, stage }) => ({ event: events.get(eventCode), stage: stages.get(stage) });
  }, [options]);
}

/** Labels of testers by id, as far as this user gets them. The same map until the options change. */
export function useTesterLabels(): ReadonlyMap<string, string> {
  const { options } = useOptions();
  return useMemo(() => new Map(options?.testers.map(({ id, label }) => [id, label])), [options]);
}

/** Names of users by id; an unknown id is returned as it is. The same function until the options change. */
export function useUserName(): (id: string) => string {
  const { options } = useOptions();
  return useCallback((id) => options?.userNames[id] ?? id, [options]);
}

"use client";
import useSWR from "swr";
import type { Options } from "../../api/orders.ts";
import { call } from "../http.ts";

/** Events, stages, languages, accounts and testers to choose from; read anew when the page is looked at again. */
export function useOptions(): { readonly options: Options | undefined; readonly error: unknown } {
  const { data, error } = useSWR<Options>("/api/options", (path: string) => call<Options>("GET", path), {
    revalidateOnFocus: true,
    dedupingInterval: 10_000,
  });
  return { options: data, error };
}

/** Names of users by their id; an id nobody has (any more), or not yet known, stands for itself. */
export function useUserName(): (id: string) => string {
  const { options } = useOptions();
  return (id) => options?.userNames[id] ?? id;
}

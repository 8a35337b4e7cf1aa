"use client";
import { useCallback, useEffect, useReducer, useState } from "react";
import { type RecipientPage, recipientPageRows } from "../../api/recipients.ts";
import { call } from "../http.ts";
import { listAddress, type ShownList } from "./listAddress.ts";

/** One page of rows; `page` grows while a search continues. */
export interface PageState {
  readonly phase: "loading" | "ready" | "failed";
  /** While another page of the list is loading: the one before it. */
  readonly page?: RecipientPage;
  readonly error?: unknown;
}

/**
 * Cursor pagination: one page of a list, from `cursor` on. A response may hold few rows, for a search reads a part of the
 * list at a time: it is continued until the page is full or the list ends. Leaving the list aborts it. `again` reloads the page.
 */
export function useRecipientPage(
  orderId: string,
  shown: ShownList,
  cursor: string | undefined,
): PageState & { readonly again: () => void } {
  const address = `/api/work-orders/${orderId}/recipients${listAddress("", shown)}`;
  const [state, setState] = useState<PageState & { readonly address?: string }>({ phase: "loading" });
  const [attempt, nextAttempt] = useReducer((count: number) => count + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` loads the same page again
  useEffect(() => {
    const leaving = new AbortController();
    setState((before) => ({ ...before, phase: "loading" }));
    readPage(address, cursor, leaving.signal, (page) => setState({ phase: "loading", page, address })).then(
      (page) => setState({ phase: "ready", page, address }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setState({ phase: "failed", error, address });
      },
    );
    return () => leaving.abort();
  }, [address, cursor, attempt]);
  const again = useCallback(() => nextAttempt(), []);
  const { address: of, ...shownState } = state;
  // The rows may be those of another list.
  return { ...(of === address ? shownState : { phase: "loading" as const }), again };
}

async function readPage(
  address: string,
  cursor: string | undefined,
  signal: AbortSignal,
  onProgress: (page: RecipientPage) => void,
): Promise<RecipientPage> {
  let page = await readPart(address, cursor, signal);
  while (page.next !== undefined && page.rows.length < recipientPageRows) {
    onProgress(page);
    const more = await readPart(address, page.next, signal);
    page = { ...more, rows: [...page.rows, ...more.rows] };
  }
  return page;
}

async function readPart(address: string, cursor: string | undefined, signal: AbortSignal): Promise<RecipientPage> {
  const part = await call<RecipientPage>("GET", cursor ? `${address}&cursor=${cursor}` : address, undefined, {
    signal,
  });
  // A response that arrives after the user left the list is dropped.
  signal.throwIfAborted();
  return part;
}

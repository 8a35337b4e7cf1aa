"use client";
import { useCallback, useEffect, useReducer, useState } from "react";
import type { RecipientPage } from "../../api/recipients.ts";
import { call } from "../http.ts";
import { listAddress, type ShownList } from "./listAddress.ts";

const pageRows = 50;

/** The rows of one page as they stand; `page` grows while a search reads on. */
export interface PageState {
  readonly phase: "loading" | "ready" | "failed";
  /** While another page of the list is on its way, the one before. */
  readonly page?: RecipientPage;
  readonly error?: unknown;
}

/**
 * One page of a list, from `cursor` on. A search or filter that finds little is asked again from where it stopped until
 * the page is full or the list is at its end; leaving it ends the reading. `again` reads the page anew.
 */
export function useRecipientPage(
  orderId: string,
  shown: ShownList,
  cursor: string | undefined,
): PageState & { readonly again: () => void } {
  const address = `/api/work-orders/${orderId}/recipients${listAddress("", shown)}`;
  const [state, setState] = useState<PageState & { readonly address?: string }>({ phase: "loading" });
  const [turn, nextTurn] = useReducer((count: number) => count + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` reads the same page again
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
  }, [address, cursor, turn]);
  const again = useCallback(() => nextTurn(), []);
  const { address: of, ...shownState } = state;
  // Rows of another list say nothing about this one.
  return { ...(of === address ? shownState : { phase: "loading" as const }), again };
}

async function readPage(
  address: string,
  cursor: string | undefined,
  signal: AbortSignal,
  onProgress: (page: RecipientPage) => void,
): Promise<RecipientPage> {
  let page = await readPart(address, cursor, signal);
  while (page.next !== undefined && page.rows.length < pageRows) {
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
  // An answer that was on its way when the reader left belongs to nobody.
  signal.throwIfAborted();
  return part;
}

"use client";
import { useCallback, useEffect, useReducer, useState } from "react";
import type { PeoplePage } from "../../api/people.ts";
import { call } from "../http.ts";

/** A page of people. `loading` with a page: people are being read for the first time, or the rows are of the page before. */
export interface PeoplePageState {
  readonly phase: "loading" | "ready" | "failed";
  readonly page?: PeoplePage;
  readonly error?: unknown;
}

/** A response waits for some of them; this is only so that a full page, which does not wait, is not asked for in a loop. */
const pauseMilliseconds = 400;

/**
 * The page of people at an address of the API. While the server reads people for the first time it is asked again and again,
 * so that the page fills by itself. `again` reloads it.
 */
export function usePeoplePage(address: string): PeoplePageState & { readonly again: () => void } {
  const [state, setState] = useState<PeoplePageState>({ phase: "loading" });
  const [attempt, nextAttempt] = useReducer((count: number) => count + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` loads the same page again
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    setState((before) => ({ ...before, phase: "loading" }));
    readPage(address, signal, (page) => setState({ phase: "loading", page })).then(
      (page) => setState({ phase: "ready", page }),
      (error: unknown) => {
        if (!signal.aborted) setState({ phase: "failed", error });
      },
    );
    return () => leaving.abort();
  }, [address, attempt]);
  const again = useCallback(() => nextAttempt(), []);
  return { ...state, again };
}

async function readPage(
  address: string,
  signal: AbortSignal,
  onProgress: (page: PeoplePage) => void,
): Promise<PeoplePage> {
  for (;;) {
    const page = await call<PeoplePage>("GET", address, undefined, { signal });
    signal.throwIfAborted();
    if (!page.reading) return page;
    onProgress(page);
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    signal.throwIfAborted();
  }
}

"use client";
import { useCallback, useEffect, useReducer, useState } from "react";
import type { PeoplePage } from "../../api/people.ts";
import { call } from "../http.ts";

/** A page of people. `loading` with a page: people are being read for the first time, or the rows are of the page before. */
export interface PeoplePageState<Page extends PeoplePage = PeoplePage> {
  readonly phase: "loading" | "ready" | "failed";
  readonly page?: Page;
  readonly error?: unknown;
}

/** A response waits for some of them; this is only so that a full page, which does not wait, is not asked for in a loop. */
const pauseMilliseconds = 400;

/**
 * The page of people at an address of the API. While the server reads people for the first time it is asked again and again,
 * so that the page fills by itself. `again` reloads it.
 */
export function usePeoplePage<Page extends PeoplePage = PeoplePage>(
  address: string,
): PeoplePageState<Page> & { readonly again: () => void } {
  const [state, setState] = useState<PeoplePageState<Page>>({ phase: "loading" });
  const [attempt, nextAttempt] = useReducer((count: number) => count + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` loads the same page again
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    setState((before) => ({ ...before, phase: "loading" }));
    readPage<Page>(address, signal, (page) => setState({ phase: "loading", page })).then(
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

async function readPage<Page extends PeoplePage>(
  address: string,
  signal: AbortSignal,
  onProgress: (page: Page) => void,
): Promise<Page> {
  for (;;) {
    const page = await call<Page>("GET", address, undefined, { signal });
    signal.throwIfAborted();
    if (!page.reading) return page;
    onProgress(page);
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    signal.throwIfAborted();
  }
}

"use client";
import { useEffect, useState } from "react";
import type { PersonRow } from "../../../api/people.ts";
import type { PoolEffectBody, PoolEffectLine } from "../../../api/settings.ts";
import { streamLines } from "../../http.ts";
import type { ChosenEvent } from "../EventChoice.tsx";
import type { Values } from "../itemValues.ts";

/** Every count reads all people, so it waits until typing has paused this long. */
const pauseMilliseconds = 800;

interface Counted {
  readonly read: number;
  readonly accepted: number;
  readonly problem?: string;
  readonly people?: readonly PersonRow[];
}

/** Counts whom a pool accepts whenever its entries have changed; leaving the page, or another change, ends the count. */
export function usePoolCount(pool: Values, chosen: ChosenEvent, enabled: boolean) {
  const body = JSON.stringify({ pool, ...chosen } satisfies PoolEffectBody);
  const [state, setState] = useState<{ counted?: Counted; error?: unknown; isCounting: boolean }>({
    isCounting: false,
  });
  useEffect(() => {
    if (!enabled) return;
    const left = new AbortController();
    setState({ isCounting: true });
    const pause = setTimeout(async () => {
      try {
        const lines = streamLines<PoolEffectLine>("/api/settings/pool-effect", left.signal, JSON.parse(body));
        for await (const news of lines) {
          setState({ counted: news, isCounting: news.people === undefined });
        }
      } catch (error) {
        if (!left.signal.aborted) setState({ error, isCounting: false });
      }
    }, pauseMilliseconds);
    return () => {
      clearTimeout(pause);
      left.abort();
    };
  }, [body, enabled]);
  return state;
}

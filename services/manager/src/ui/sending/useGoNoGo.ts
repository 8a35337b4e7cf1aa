import { useCallback, useEffect, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { GoNoGo, GoNoGoLine } from "../../api/sending.ts";
import { RequestFailed, streamLines } from "../http.ts";

const everyMilliseconds = 60_000;
/** Counting takes at most this share of the time, so a long count repeats less often. */
const countingShare = 0.1;

/** Progress of the count of recipients: `read` people are checked, of about `of`. */
export interface CountProgress {
  readonly read: number;
  readonly of?: number;
}

export interface GoNoGoState {
  /** The last facts, also while newer ones are loading. */
  readonly facts?: GoNoGo;
  /** Set while the recipients are counted. */
  readonly progress?: CountProgress;
  readonly error?: unknown;
}

/**
 * The facts before Send, loaded (and the recipients counted) when the dialog opens, when the order changes, and every
 * minute. Closing the dialog aborts a count.
 */
export function useGoNoGo({ id, version }: Pick<Order, "id" | "version">, selection: string | undefined) {
  const [state, setState] = useState<GoNoGoState>({});
  const ending = useRef<() => void>(() => {});
  const path = `/api/work-orders/${id}/go-no-go${selection === undefined ? "" : `?selection=${selection}`}`;

  const read = useCallback(() => {
    ending.current();
    ending.current = beginReading(path, setState, () => read());
  }, [path]);
  // `version`: a change of the order may change its recipients.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the reason to load again
  useEffect(() => {
    read();
    return () => ending.current();
  }, [read, version]);
  return { ...state, retry: read };
}

type SetState = (change: (before: GoNoGoState) => GoNoGoState) => void;

/** Returns a function that aborts the loading and its repetition. */
function beginReading(path: string, setState: SetState, again: () => void): () => void {
  const leave = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const began = performance.now();
  const update = (change: (before: GoNoGoState) => GoNoGoState) => {
    if (!leave.signal.aborted) setState(change);
  };
  const onProgress = (progress: CountProgress) => update((before) => ({ ...before, progress }));
  readFacts(path, onProgress, leave.signal)
    .then((facts) => update(() => ({ facts })))
    .catch((error: unknown) => update(({ facts }) => ({ ...(facts && { facts }), error })))
    .finally(() => {
      if (leave.signal.aborted) return;
      timer = setTimeout(again, Math.max(everyMilliseconds, (performance.now() - began) / countingShare));
    });
  return () => {
    leave.abort();
    clearTimeout(timer);
  };
}

/**
 * Loads the facts before a Send; `onProgress` gets the progress of their count. Throws RequestFailed. Aborting `signal` ends
 * the count on the server too.
 */
async function readFacts(
  path: string,
  onProgress: (progress: CountProgress) => void,
  signal: AbortSignal,
): Promise<GoNoGo> {
  for await (const line of streamLines<GoNoGoLine>(path, signal)) {
    if ("facts" in line) return line.facts;
    onProgress(line);
  }
  throw new RequestFailed(0, {
    code: "offline",
    message: "The connection was lost while the recipients were counted. Try again.",
  });
}

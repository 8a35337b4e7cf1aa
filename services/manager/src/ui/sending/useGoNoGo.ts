import { useCallback, useEffect, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { GoNoGo, GoNoGoLine } from "../../api/sending.ts";
import { RequestFailed, stream } from "../http.ts";

const everyMilliseconds = 60_000;
/** A count of many people is repeated more rarely: at most this share of the time is spent on it. */
const countingShare = 0.1;

/** How far the count of recipients has come: `read` people were looked at, `of` about so many. */
export interface CountProgress {
  readonly read: number;
  readonly of?: number;
}

export interface GoNoGoState {
  /** The last answer, also while they are read anew. */
  readonly facts?: GoNoGo;
  /** Set while the recipients are counted. */
  readonly progress?: CountProgress;
  readonly error?: unknown;
}

/**
 * The facts before Send, read (and the recipients counted) when the dialog opens, when the order changes, and every minute.
 * Closing the dialog ends a count.
 */
export function useGoNoGo({ id, version }: Pick<Order, "id" | "version">) {
  const [state, setState] = useState<GoNoGoState>({});
  const ending = useRef<() => void>(() => {});
  const path = `/api/work-orders/${id}/go-no-go`;

  const read = useCallback(() => {
    ending.current();
    ending.current = beginReading(path, setState, () => read());
  }, [path]);
  // `version`: what an order says may change whom it reaches.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the reason to read again
  useEffect(() => {
    read();
    return () => ending.current();
  }, [read, version]);
  return { ...state, retry: read };
}

type SetState = (change: (before: GoNoGoState) => GoNoGoState) => void;

/** Returns what ends the reading and its repetition. */
function beginReading(path: string, setState: SetState, again: () => void): () => void {
  const leave = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const began = performance.now();
  const tell = (change: (before: GoNoGoState) => GoNoGoState) => {
    if (!leave.signal.aborted) setState(change);
  };
  const onProgress = (progress: CountProgress) => tell((before) => ({ ...before, progress }));
  readFacts(path, onProgress, leave.signal)
    .then((facts) => tell(() => ({ facts })))
    .catch((error: unknown) => tell(({ facts }) => ({ ...(facts && { facts }), error })))
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
 * Reads the facts before a Send; `onProgress` hears how far their count has come. Throws RequestFailed. Aborting `signal`
 * ends the count on the server, too.
 */
async function readFacts(
  path: string,
  onProgress: (progress: CountProgress) => void,
  signal: AbortSignal,
): Promise<GoNoGo> {
  for await (const text of stream(path, signal)) {
    const line = JSON.parse(text) as GoNoGoLine;
    if ("facts" in line) return line.facts;
    if ("error" in line) throw new RequestFailed(503, line.error);
    onProgress(line);
  }
  throw new RequestFailed(0, {
    code: "offline",
    message: "The connection broke off while the recipients were counted. Try again.",
  });
}

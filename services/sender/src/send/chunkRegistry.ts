import type { ChunkIssue } from "@email-agent/shared/adapters/chunkWrites.ts";
import type { Chunk, ChunkState } from "@email-agent/shared/domain/delivery/run.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import { addHandled, addReasons, type ChunkSum, countReasons, type Handled, nothingHandled } from "./runCounters.ts";

/** A planned chunk that waits to be issued. */
export interface WaitingChunk extends ChunkIssue {
  readonly language: string;
  /** Epoch ms. */
  readonly notBefore: number;
}

/** Registry of the chunks of one run. Chunks that are done leave only their sums, so memory hardly grows. */
export interface ChunkRegistry {
  readonly issued: ReadonlyMap<string, ChunkState>;
  readonly waiting: number;
  /** Adds a chunk that waits; `retry` chunks come first, for they are small and their people have waited. */
  plan(chunk: ChunkState | Chunk): void;
  /** Takes out the first that may be issued. */
  takeIssuable(now: number): WaitingChunk | undefined;
  putBack(chunk: WaitingChunk): void;
  /** Keeps the newest state of an issued chunk, with its counts. */
  issue(state: ChunkState): void;
  /** A chunk that is done, or planned again: it leaves the issued ones. */
  close(state: ChunkState): void;
  sum(language: string): ChunkSum;
  /** When people of chunks that are not done are to be tried again (epoch ms each). */
  retryTimes(): number[];
}

/** No chunk waits beyond `until` (epoch ms): at the end of sending its people are to be recorded as skipped. */
export function chunkRegistry(until = Number.POSITIVE_INFINITY): ChunkRegistry {
  const issued = new Map<string, ChunkState>();
  const queues = { retry: [] as WaitingChunk[], chunk: [] as WaitingChunk[] };
  const done = new Map<string, ChunkSum>();
  const open = new Map<string, { language: string; sum: ChunkSum; retry: Readonly<Record<string, string>> }>();
  const queueOf = (sk: string) => (sk.startsWith("retry#") ? queues.retry : queues.chunk);
  return {
    issued,
    get waiting() {
      return queues.retry.length + queues.chunk.length;
    },
    plan(chunk) {
      const { runId, sk, token, language, notBefore } = chunk;
      const earliest = Math.min(notBefore ? epochMilliseconds(notBefore) : 0, until);
      const entry = { runId, sk, token, language, notBefore: earliest };
      queueOf(sk).push(entry);
      if (chunk.counts) open.set(sk, { language, sum: sumOf(chunk), retry: chunk.retry });
    },
    takeIssuable(now) {
      for (const queue of [queues.retry, queues.chunk]) {
        const place = queue.findIndex((chunk) => chunk.notBefore <= now);
        if (place >= 0) return queue.splice(place, 1)[0];
      }
      return undefined;
    },
    putBack(chunk) {
      queueOf(chunk.sk).unshift(chunk);
    },
    issue(state) {
      issued.set(state.sk, state);
      const { sk, language, retry } = state;
      if (state.counts) open.set(sk, { language, sum: sumOf(state), retry });
    },
    close(state) {
      issued.delete(state.sk);
      open.delete(state.sk);
      if (state.status === "done") done.set(state.language, plus(done.get(state.language), sumOf(state)));
    },
    sum(language) {
      let sum = plus(done.get(language), nothing);
      for (const chunk of open.values()) if (chunk.language === language) sum = plus(sum, chunk.sum);
      return sum;
    },
    retryTimes: () => [...open.values()].flatMap(({ retry }) => Object.values(retry).map(epochMilliseconds)),
  };
}

const nothing: ChunkSum = { ...nothingHandled, reasons: {} };

function plus(one: ChunkSum = nothing, other: ChunkSum): ChunkSum {
  return { ...addHandled(one, other), reasons: addReasons(one.reasons, other.reasons) };
}

function sumOf(chunk: ChunkState | Chunk): ChunkSum {
  const counts: Handled = chunk.counts ?? nothingHandled;
  return { ...addHandled(nothingHandled, counts), reasons: countReasons(chunk.skipped) };
}

import type { ChunkIssue } from "@email-agent/shared/adapters/chunkWrites.ts";
import type { Chunk, ChunkState } from "@email-agent/shared/domain/delivery/run.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import { addHandled, addReasons, type ChunkSum, countReasons, type Handled, nothingHandled } from "./runCounters.ts";

/** A planned chunk that waits to be issued. */
export interface WaitingChunk extends ChunkIssue {
  readonly language: string;
  readonly groups?: Readonly<Record<string, number>> | undefined;
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
  /** Takes out the first of people who wait for their receiving groups: such chunks have room of their own. */
  takeLimited(now: number): WaitingChunk | undefined;
  /** Chunks of people who wait for their receiving groups, issued or not: how many, and how many hold people of each group. */
  limited(): { readonly chunks: number; readonly issued: number; readonly of: ReadonlyMap<string, number> };
  putBack(chunk: WaitingChunk): void;
  /** Keeps the newest state of an issued chunk, with its counts. */
  issue(state: ChunkState): void;
  /** A chunk that is done, or planned again: it leaves the issued ones. */
  close(state: ChunkState): void;
  sum(language: string): ChunkSum;
  /** When people of chunks that are not done are to be tried again (epoch ms each). */
  retryTimes(): number[];
}

interface OpenChunk extends Pick<ChunkState, "language" | "retry" | "limited"> {
  readonly sum: ChunkSum;
}

/** No chunk waits beyond `until` (epoch ms): at the end of sending its people are to be recorded as skipped. */
export function chunkRegistry(until = Number.POSITIVE_INFINITY): ChunkRegistry {
  const issued = new Map<string, ChunkState>();
  const queues = { retry: [] as WaitingChunk[], chunk: [] as WaitingChunk[], limited: [] as WaitingChunk[] };
  const done = new Map<string, ChunkSum>();
  const open = new Map<string, OpenChunk>();
  const queueOf = ({ sk, groups }: Pick<WaitingChunk, "sk" | "groups">) => {
    if (groups) return queues.limited;
    return sk.startsWith("retry#") ? queues.retry : queues.chunk;
  };
  const takeFrom = (queue: WaitingChunk[], now: number): WaitingChunk | undefined => {
    const place = queue.findIndex((chunk) => chunk.notBefore <= now);
    return place < 0 ? undefined : queue.splice(place, 1)[0];
  };
  return {
    issued,
    get waiting() {
      return queues.retry.length + queues.chunk.length + queues.limited.length;
    },
    plan(chunk) {
      const { runId, sk, token, language, notBefore, groups } = chunk;
      const earliest = Math.min(notBefore ? epochMilliseconds(notBefore) : 0, until);
      const entry = { runId, sk, token, language, notBefore: earliest, groups };
      queueOf(entry).push(entry);
      if (chunk.counts) open.set(sk, { language, sum: sumOf(chunk), retry: chunk.retry, limited: chunk.limited });
    },
    takeIssuable(now) {
      return takeFrom(queues.retry, now) ?? takeFrom(queues.chunk, now);
    },
    takeLimited: (now) => takeFrom(queues.limited, now),
    limited() {
      const of = new Map<string, number>();
      const out = [...issued.values()].filter(({ groups }) => groups !== undefined);
      for (const { groups = {} } of [...out, ...queues.limited])
        for (const group of Object.keys(groups)) of.set(group, (of.get(group) ?? 0) + 1);
      return { chunks: out.length + queues.limited.length, issued: out.length, of };
    },
    putBack(chunk) {
      queueOf(chunk).unshift(chunk);
    },
    issue(state) {
      issued.set(state.sk, state);
      const { sk, language, retry, limited } = state;
      if (state.counts) open.set(sk, { language, sum: sumOf(state), retry, limited });
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
    retryTimes: () =>
      [...open.values()].flatMap(({ retry, limited = {} }) =>
        Object.entries(retry).flatMap(([id, at]) => (limited[id] === undefined ? [epochMilliseconds(at)] : [])),
      ),
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

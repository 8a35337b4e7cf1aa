import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";

/**
 * Publish/subscribe between the coordinator of a run and the workers of its chunks. Every signal is a hint: a process that
 * misses it reads the same in the tables, the coordinator at its next look, a worker with its next batch or heartbeat.
 */
export interface RunSignal {
  /** A chunk of the run left its worker. */
  notify(runId: string): void;
  /** For the coordinator. Dispose to stop listening. */
  listen(runId: string): RunListener;
  /** The run ends: its workers begin no further message. */
  recall(runId: string): void;
  /** For a worker: calls `onRecall` when the run is recalled, or at once if it was a moment ago. Dispose to stop listening. */
  onRecall(runId: string, onRecall: () => void): Disposable;
}

export interface RunListener extends Disposable {
  /** Ends the wait under way, or the next one. */
  wake(): void;
  /** Resolves after `milliseconds`, or at the next notification; rejects with `signal.reason`. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const leftChannel = "chunk-left";
const recallChannel = "run-recalled";
/** A chunk that waited for a free worker is picked up after the recall; later than this, the table shows that the run has ended. */
const recallRememberedMilliseconds = 60_000;

/**
 * Signals in this process, and through Redis where the run is coordinated elsewhere. The caller keeps both connections:
 * `redis` fails fast, `subscriber` waits for Redis and serves subscriptions only.
 */
export function runSignal(
  redis: Redis,
  subscriber: Redis,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): RunSignal & AsyncDisposable {
  const listeners = callbacks();
  const workers = callbacks();
  /** Run id → until when it is remembered, in monotonic milliseconds. */
  const recalled = new Map<string, number>();
  const recallHere = (runId: string) => {
    const now = clock.monotonic();
    for (const [known, until] of recalled) if (until <= now) recalled.delete(known);
    recalled.set(runId, now + recallRememberedMilliseconds);
    workers.call(runId);
  };
  const onMessage = (from: string, runId: string) => {
    if (from === leftChannel) listeners.call(runId);
    if (from === recallChannel) recallHere(runId);
  };
  subscriber.on("message", onMessage);
  subscriber
    .subscribe(leftChannel, recallChannel)
    .catch((error) => log.warn({ error }, "no subscription to signals of runs; coordinators poll the table"));

  return {
    notify(runId) {
      if (listeners.has(runId)) return listeners.call(runId);
      redis
        .publish(leftChannel, runId)
        .catch((error) => log.debug({ error }, "a coordinator could not be woken; it polls the table"));
    },
    listen(runId) {
      let woken = new AbortController();
      const wake = () => woken.abort();
      const listening = listeners.add(runId, wake);
      return {
        wake,
        async wait(milliseconds, signal) {
          const either = AbortSignal.any([signal, woken.signal]);
          await clock.sleep(milliseconds, either).catch(() => signal.throwIfAborted());
          woken = new AbortController();
        },
        [Symbol.dispose]: () => listening[Symbol.dispose](),
      };
    },
    recall(runId) {
      recallHere(runId);
      redis
        .publish(recallChannel, runId)
        .catch((error) =>
          log.debug({ error }, "workers could not be recalled; they read in the table that their run has ended"),
        );
    },
    onRecall(runId, onRecall) {
      if ((recalled.get(runId) ?? 0) > clock.monotonic()) onRecall();
      return workers.add(runId, onRecall);
    },
    async [Symbol.asyncDispose]() {
      subscriber.off("message", onMessage);
    },
  };
}

/** Functions to call by run id. */
function callbacks() {
  const byRun = new Map<string, Set<() => void>>();
  return {
    has: (runId: string) => byRun.has(runId),
    call(runId: string) {
      for (const callback of byRun.get(runId) ?? []) callback();
    },
    add(runId: string, callback: () => void): Disposable {
      // A function of its own, should the same one be added twice.
      const own = () => callback();
      byRun.set(runId, (byRun.get(runId) ?? new Set()).add(own));
      return {
        [Symbol.dispose]() {
          const left = byRun.get(runId);
          left?.delete(own);
          if (left?.size === 0) byRun.delete(runId);
        },
      };
    },
  };
}

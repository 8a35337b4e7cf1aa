import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Log } from "@email-agent/shared/service/log.ts";
import type { Redis } from "ioredis";

/** Wakes the coordinator of a run. A hint: whoever misses it reads the same in the table at the next look. */
export interface RunBell {
  /** A chunk of the run left its worker. */
  ring(runId: string): void;
  /** For the coordinator; dispose to stop listening. */
  listen(runId: string): BellListener;
}

export interface BellListener extends Disposable {
  /** Ends the wait under way, or the next one. */
  wake(): void;
  /** Resolves after `milliseconds`, or as soon as the bell rings; rejects with `signal.reason`. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const channel = "chunk-left";

/**
 * Rings in this process, and through Redis where the run is coordinated elsewhere. Both connections stay the caller's:
 * `redis` fails fast, `subscriber` waits for Redis and serves subscriptions only.
 */
export function runBell(
  redis: Redis,
  subscriber: Redis,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): RunBell & AsyncDisposable {
  const listeners = new Map<string, Set<() => void>>();
  const wakeAll = (runId: string) => {
    for (const wake of listeners.get(runId) ?? []) wake();
  };
  const onMessage = (from: string, runId: string) => {
    if (from === channel) wakeAll(runId);
  };
  subscriber.on("message", onMessage);
  subscriber.subscribe(channel).catch((error) => log.warn({ error }, "No subscription to chunks; runs are looked at"));

  return {
    ring(runId) {
      if (listeners.has(runId)) return wakeAll(runId);
      redis
        .publish(channel, runId)
        .catch((error) => log.debug({ error }, "A coordinator could not be woken; it looks"));
    },
    listen(runId) {
      let woken = new AbortController();
      const wake = () => woken.abort();
      listeners.set(runId, (listeners.get(runId) ?? new Set()).add(wake));
      return {
        wake,
        async wait(milliseconds, signal) {
          const either = AbortSignal.any([signal, woken.signal]);
          await clock.sleep(milliseconds, either).catch(() => signal.throwIfAborted());
          woken = new AbortController();
        },
        [Symbol.dispose]() {
          const left = listeners.get(runId);
          left?.delete(wake);
          if (left?.size === 0) listeners.delete(runId);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      subscriber.off("message", onMessage);
    },
  };
}

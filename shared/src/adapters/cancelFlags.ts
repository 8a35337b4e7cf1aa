import type { Redis } from "ioredis";
import type { Log } from "../kit/log.ts";

/** Cancel flags `cancel:<runId>` in Redis (TTL 24 h): a fast hint to the workers of a run. Without it a stop only takes longer. */
export interface CancelFlags {
  /** Sets and publishes the flag. */
  raise(runId: string): Promise<void>;
  /** Calls `onCancel` once when the flag is raised: by the publish, or by reading the key each second. Dispose to stop watching. */
  watch(runId: string, onCancel: () => void): Disposable;
}

const flagSeconds = 86_400;
/** One script, which is sent again should the connection be on a former primary: a plain SET would fail there. */
const raiseScript = "redis.call('SET', KEYS[1], '1', 'EX', ARGV[1]) return redis.call('PUBLISH', ARGV[2], ARGV[3])";
const pollMilliseconds = 1000;

export interface CancelFlagOptions {
  readonly log: Log;
  /** Prefix of keys and channel; keeps stacks (and tests) on one Redis apart. */
  readonly prefix?: string;
}

/**
 * Opens the flags on two connections that the caller keeps: `redis` fails fast, `subscriber` waits for Redis and serves
 * nothing but subscriptions. Only a process that watches needs `subscriber`.
 */
export function cancelFlags(
  redis: Redis,
  options: CancelFlagOptions,
  subscriber?: Redis,
): CancelFlags & AsyncDisposable {
  const { log, prefix = "" } = options;
  const channel = `${prefix}cancel`;
  const key = (runId: string) => `${prefix}cancel:${runId}`;
  const watchers = new Map<string, Set<() => void>>();
  let polling = false;

  const notify = (runId: string) => {
    const notified = watchers.get(runId);
    watchers.delete(runId);
    for (const onCancel of notified ?? []) onCancel();
  };
  const poll = async () => {
    const runIds = [...watchers.keys()];
    if (runIds.length === 0 || polling) return;
    polling = true;
    try {
      const flags = await redis.mget(runIds.map(key));
      runIds.filter((_, index) => flags[index] !== null).forEach(notify);
    } catch (error) {
      // Redis is away: the refused heartbeat and the read before each batch stop the run as well.
      log.debug({ error }, "cancel flags could not be read");
    } finally {
      polling = false;
    }
  };
  const onMessage = (from: string, runId: string) => {
    if (from === channel) notify(runId);
  };
  subscriber?.on("message", onMessage);
  subscriber
    ?.subscribe(channel)
    .catch((error) => log.warn({ error }, "no subscription to stops; their keys are polled"));
  const timer = setInterval(() => void poll(), pollMilliseconds).unref();

  return {
    async raise(runId) {
      await redis.eval(raiseScript, 1, key(runId), flagSeconds, channel, runId);
    },
    watch(runId, onCancel) {
      const one = () => onCancel();
      watchers.set(runId, (watchers.get(runId) ?? new Set()).add(one));
      // A flag raised before the watch began was published before this process listened.
      void poll();
      return {
        [Symbol.dispose]() {
          const left = watchers.get(runId);
          left?.delete(one);
          if (left?.size === 0) watchers.delete(runId);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      subscriber?.off("message", onMessage);
    },
  };
}

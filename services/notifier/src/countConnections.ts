import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";

const everyMilliseconds = 60_000;

/** Records the number of open connections each minute, until closed. */
export function countConnections(ports: {
  count(): Promise<number>;
  readonly metrics: Pick<Metrics, "record">;
  readonly clock: Clock;
  readonly log: Log;
}): AsyncDisposable {
  const ending = new AbortController();

  async function countUntilEnding(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        ports.metrics.record("Connections", await ports.count());
      } catch (error) {
        ports.log.warn({ error }, "the connections could not be counted");
      }
      await ports.clock.sleep(everyMilliseconds, ending.signal).catch(() => {});
    }
  }

  const counting = countUntilEnding();
  return {
    async [Symbol.asyncDispose]() {
      ending.abort(new Error("ending"));
      await counting;
    },
  };
}

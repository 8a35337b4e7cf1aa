import type { UnmatchedReports } from "@email-agent/shared/adapters/unmatchedReports.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";

interface LimitPorts {
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
}

const hour = 60 * 60_000;

/** Keeps at most `most` reports an hour, so that a flood of forged ones does not fill the table; the rest is counted. */
export function keepLimit(
  { keep }: Pick<UnmatchedReports, "keep">,
  { clock, log, metrics }: LimitPorts,
  most = 1000,
): Pick<UnmatchedReports, "keep"> {
  let since = clock.monotonic();
  let kept = 0;
  let dropped = 0;
  return {
    async keep(...given) {
      if (clock.monotonic() - since >= hour) {
        if (dropped > 0)
          log.warn({ reports: dropped }, "Reports that match no delivery were not kept: too many in an hour");
        [since, kept, dropped] = [clock.monotonic(), 0, 0];
      }
      if (kept >= most) {
        if (dropped === 0) log.warn({ most }, "Too many reports match no delivery; no more are kept this hour");
        dropped += 1;
        metrics.count("ReportsNotKept", 1);
        return;
      }
      kept += 1;
      await keep(...given);
    },
  };
}

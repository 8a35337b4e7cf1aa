import type { Clock } from "../kit/clock.ts";
import type { Log } from "../kit/log.ts";
import type { Progress } from "./stepRun.ts";

/** Rate limit for the progress of a run: gathers what is reported and writes the newest of it now and then. */
export interface ProgressReporter {
  report(progress: Progress): void;
  /** The newest of everything reported, written or not. */
  latest(): Progress;
  /** Ends the writing, waits for a write under way, and returns what was not written. */
  stop(): Promise<Progress>;
}

/**
 * `write` returns false if it was refused for a lost lease; then `onRefused` is called. At most one write each
 * `everyMilliseconds`; what comes in between is joined, and the newest value always gets out.
 */
export function progressReporter(options: {
  readonly write: (progress: Progress) => Promise<boolean>;
  readonly onRefused: () => Promise<void>;
  readonly everyMilliseconds: number;
  readonly clock: Clock;
  readonly log: Log;
}): ProgressReporter {
  const { write, onRefused, everyMilliseconds, clock, log } = options;
  const stopped = new AbortController();
  const reported: { latest: Progress; waiting?: Progress | undefined } = { latest: {} };
  let writer: Promise<void> | undefined;

  const writeOnce = async () => {
    const progress = reported.waiting as Progress;
    reported.waiting = undefined;
    try {
      if (!(await write(progress))) await onRefused();
    } catch (error) {
      log.warn({ error }, "Progress could not be written; it goes out with the next");
      // What was reported meanwhile is newer.
      reported.waiting = { ...progress, ...(reported.waiting as Progress | undefined) };
    }
  };
  const writeAll = async () => {
    while (reported.waiting && !stopped.signal.aborted) {
      await writeOnce();
      await clock.sleep(everyMilliseconds, stopped.signal).catch(() => undefined);
    }
    writer = undefined;
  };

  return {
    report(progress) {
      reported.latest = { ...reported.latest, ...progress };
      reported.waiting = { ...reported.waiting, ...progress };
      if (!stopped.signal.aborted) writer ??= writeAll();
    },
    latest: () => reported.latest,
    async stop() {
      stopped.abort();
      await writer;
      return reported.waiting ?? {};
    },
  };
}

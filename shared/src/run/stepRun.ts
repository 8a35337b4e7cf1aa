import type { Waiting } from "../domain/delivery/waitingSchema.ts";
import type { StepName } from "../domain/steps.ts";
import type { Counters, Detail, LanguageCounters, Prepared, WorkOrder } from "../domain/workOrder.ts";
import type { Log } from "../kit/log.ts";

/** What a run reports while it works. Absent fields stay as they are. No address in `message` (`…@domain` instead). */
export interface Progress {
  readonly message?: string;
  readonly counters?: Counters;
  readonly languages?: Record<string, LanguageCounters>;
  readonly details?: readonly Detail[];
  /** Send: recipients are still being found; who waits. */
  readonly planning?: boolean;
  readonly waiting?: Waiting;
}

/**
 * How a run ends. `endRun` turns it into the one conditional write that ends the run.
 * `sleep` is Send's only: `endRun` chooses between sleeping and complete by `sendUntil` and the cause. `next-pass` in an
 * order that does not send continuously, and `next-pass` or `quota` at or after `sendUntil`, completes instead. A Test out of quota
 * that returns `quota` ends in error with the time the quota frees.
 */
export type StepResult =
  | (Progress & {
      readonly kind: "complete";
      /** Dry-Run: the list the manager shows from now on. */
      readonly resultRunId?: string;
      /** Prepare: the published content; stored in the same write, resetting later steps if a hash changed. */
      readonly prepared?: Record<string, Omit<Prepared, "preparedAt">>;
    })
  | (Progress & {
      readonly kind: "error";
      readonly message: string;
      /** Send: more people are eligible than its user confirmed. */
      readonly ceiling?: "confirmed";
    })
  | (Progress & {
      readonly kind: "sleep";
      readonly cause: "next-pass" | "quota" | "window" | "retry";
      /** Wake-up, epoch milliseconds (`quota`); the kit computes it for the other causes. */
      readonly wakeAt?: number;
    });

/** One picked-up run, as a step handler sees it. */
export interface StepRun {
  readonly step: StepName;
  readonly runId: string;
  /** The fencing token of this worker. */
  readonly token: number;
  /** `<host>-<pid>-<random>` of this worker, as in `runLease.worker`. */
  readonly worker: string;
  /** The order as the pick-up left it. Settings do not change while a step works. */
  readonly order: WorkOrder;
  /**
   * Aborts on a stop, a lost lease or a graceful shutdown; `reason` is an AppError with disposition `interrupted`
   * (`stopped`, `lease-lost`, `shutting-down`). Check it before every recipient, page and language; pass it to every wait.
   */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Throws AppError `lease-lost` unless the last renewal is less than 20 s old: a process that was frozen and wakes up begins nothing. */
  proveLease(): void;
  /** Reports progress. Writes are coalesced to at most 2 a second; the newest value always gets out. Never throws. */
  report(progress: Progress): void;
}

/**
 * Does the work of one run. Expected ends are results; AppError `reject` becomes error, `retry` becomes error or (in a
 * continuous Send) sleeping, `interrupted` ends without a status write of its own (shutdown: the run is released);
 * anything else thrown is an exception.
 */
export type StepHandler = (run: StepRun) => Promise<StepResult>;

import type { StepName } from "../steps.ts";
import type { Counters, Detail, LanguageCounters, Prepared, StepStatus, WorkOrder } from "../workOrder.ts";
import type { OrderWrite } from "./orderWrite.ts";
import type { RunLimits } from "./runLimits.ts";
import type { LeaseClaim } from "./runWrites.ts";

/** What a run reports while it works or when it ends. Absent fields stay as they are. */
export interface Said {
  readonly message?: string;
  readonly counters?: Counters;
  readonly languages?: Record<string, LanguageCounters>;
  readonly details?: readonly Detail[];
  readonly resultRunId?: string;
  /** Which ceiling ended the run. */
  readonly ceiling?: "failures" | "confirmed";
  readonly prepared?: Record<string, Omit<Prepared, "preparedAt">>;
}

interface ByWorker {
  readonly now: number;
  readonly lease: LeaseClaim;
  readonly said: Said;
}

interface ByWatcher {
  readonly now: number;
  /** For how long the watcher itself has seen `runCheckAt` unchanged: since the last heartbeat, or since the job was last added. */
  readonly silentMilliseconds: number;
  readonly limits: RunLimits;
}

/** What may happen to a step, with the facts the transition needs. `now`: epoch milliseconds. */
export type Trigger =
  | {
      readonly kind: "start";
      readonly now: number;
      readonly commandId: string;
      readonly confirmedRecipients?: number | undefined;
      readonly selection?: string | undefined;
    }
  | {
      readonly kind: "schedule";
      readonly now: number;
      readonly commandId: string;
      /** User id. */
      readonly by: string;
      /** ISO. */
      readonly startAt: string;
      readonly confirmedRecipients?: number | undefined;
    }
  | { readonly kind: "stop"; readonly now: number }
  | { readonly kind: "pick-up"; readonly now: number; readonly lease: LeaseClaim; readonly worker: string }
  | ({ readonly kind: "done" } & ByWorker)
  | ({ readonly kind: "failed" } & ByWorker)
  | ({ readonly kind: "threw" } & ByWorker)
  | ({ readonly kind: "pass-done" } & ByWorker)
  | ({ readonly kind: "window" } & ByWorker)
  | ({ readonly kind: "quota"; readonly wakeAt?: number | undefined } & ByWorker)
  /** `outage`: not the step's own doing, so that even a run without attempts may go on. */
  | ({ readonly kind: "retryable"; readonly random: number; readonly outage?: boolean } & ByWorker)
  | { readonly kind: "release"; readonly now: number; readonly lease: LeaseClaim }
  | ({ readonly kind: "not-picked-up" } & ByWatcher)
  | ({ readonly kind: "lost" } & ByWatcher)
  | { readonly kind: "due"; readonly now: number };
type Kind = Trigger["kind"];
type TriggerOf<K extends Kind> = Extract<Trigger, { kind: K }>;

export interface Row<K extends Kind = Kind> {
  readonly title: string;
  readonly on: K;
  readonly from: readonly StepStatus[];
  readonly guard: (order: WorkOrder, step: StepName, trigger: TriggerOf<K>) => boolean;
  readonly to: StepStatus;
  readonly write: (order: WorkOrder, step: StepName, trigger: TriggerOf<K>) => OrderWrite;
  readonly addsJob?: true;
}

export const always = () => true;

/** Keeps the trigger's type inside a row and erases it outside, so that one table holds rows of all triggers. */
export function row<K extends Kind>(definition: Row<K>): Row {
  return definition as unknown as Row;
}

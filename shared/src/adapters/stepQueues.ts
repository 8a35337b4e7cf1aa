import type { StepName } from "../domain/steps.ts";
import type { ChunkJob, StepJob } from "../messages/stepJob.ts";

/** Adds jobs; each call resolves when Redis confirmed. Removal is as far as possible and never fails a stop. */
export interface StepQueues {
  addStep(step: StepName, job: Omit<StepJob, "v" | "addedAt">): Promise<void>;
  /** Removes the waiting job of a run (BullMQ cannot remove an active one). */
  removeStep(step: StepName, runId: string, token: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ChunkQueue {
  add(jobs: readonly Omit<ChunkJob, "v" | "addedAt">[]): Promise<void>;
  remove(jobs: readonly Pick<ChunkJob, "runId" | "sk" | "token">[]): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

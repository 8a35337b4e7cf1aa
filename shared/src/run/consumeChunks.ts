import { stepNamed } from "../domain/steps.ts";
import type { Metrics } from "../kit/metrics.ts";
import { type ChunkJob, chunkJobSchema, chunkQueueName } from "../messages/stepJob.ts";
import { type HintWorkerOptions, hintWorker } from "./hintWorker.ts";
import type { TaskProtection } from "./taskProtection.ts";

export interface ConsumeChunks extends Omit<HintWorkerOptions<ChunkJob>, "queue" | "schema" | "step"> {
  readonly metrics: Pick<Metrics, "record">;
  /** Protects this task from scale-in while it works on chunks. */
  readonly protection?: Pick<TaskProtection, "hold">;
}

/**
 * Works on the chunks of Send. At a graceful shutdown every chunk finishes what is on the wire and goes back to its
 * coordinator.
 */
export function consumeChunks(options: ConsumeChunks): AsyncDisposable {
  const { work, clock, metrics, protection } = options;
  return hintWorker({
    ...options,
    ...{ queue: chunkQueueName, schema: chunkJobSchema, step: "Send" },
    async work(job, shutdown) {
      metrics.record("QueueWait", Math.max(0, clock.now() - job.addedAt), { step: chunkQueueName });
      using _ = protection?.hold(job.runId, stepNamed("Send").protectionMinutes);
      await work(job, shutdown);
    },
  });
}

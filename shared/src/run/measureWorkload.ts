import type { ChunkQueue, StepQueues } from "../adapters/stepQueues.ts";
import { type StepOwner, steps } from "../domain/steps.ts";
import type { Log } from "../kit/log.ts";
import type { Metrics } from "../kit/metrics.ts";
import { chunkQueueName } from "../messages/stepJob.ts";

export interface MeasureWorkload {
  readonly owner: StepOwner;
  readonly queues: Pick<StepQueues, "backlog">;
  /** Only where chunks are worked on. */
  readonly chunks?: { readonly queue: Pick<ChunkQueue, "backlog">; readonly concurrency: number };
  readonly log: Log;
  readonly metrics: Pick<Metrics, "record">;
  readonly everyMilliseconds?: number;
}

const measureMilliseconds = 60_000;

/**
 * Measures the queues of one service each minute: `QueueWaiting` per queue, and `Workload`, by which the number of its tasks
 * is scaled: **the part of all workers' places that the work there is could use**. Of each queue that is
 * `jobs / (places per worker × workers)`, summed: 1 means that every place has a job, 2 that as many again wait.
 *
 * A job counts whether it waits or is being worked on. Chunks count per account, and of each account only as many as it has use
 * for at its rate (`usefulChunks`): orders of an account of one mail a second ask for two chunks together, however many wait,
 * and leave nine of ten senders without work, which may go.
 *
 * Every worker reads the same queues and records the same figure, so CloudWatch's average over the tasks is the figure itself.
 */
export function measureWorkload(options: MeasureWorkload): Disposable {
  const { owner, queues, chunks, log, metrics, everyMilliseconds = measureMilliseconds } = options;
  const owned = steps.filter((step) => step.owner === owner);

  async function measure(): Promise<void> {
    let workload = 0;
    for (const { name, queue, jobsAtOnce } of owned) {
      const { waiting, active, workers } = await queues.backlog(name);
      metrics.record("QueueWaiting", waiting, { queue });
      workload += (waiting + active) / (jobsAtOnce * Math.max(1, workers));
    }
    if (chunks) {
      const { waiting, useful, workers } = await chunks.queue.backlog();
      metrics.record("QueueWaiting", waiting, { queue: chunkQueueName });
      workload += useful / (chunks.concurrency * Math.max(1, workers));
    }
    metrics.record("Workload", workload);
  }

  const measuring = setInterval(() => {
    measure().catch((error) => log.debug({ error }, "The queues could not be measured"));
  }, everyMilliseconds).unref();
  return { [Symbol.dispose]: () => clearInterval(measuring) };
}

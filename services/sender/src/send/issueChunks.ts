import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Runs } from "@email-agent/shared/adapters/runs.ts";
import type { ChunkQueue } from "@email-agent/shared/adapters/stepQueues.ts";
import type { Waiting } from "@email-agent/shared/domain/delivery/waitingSchema.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { HeartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { PausedByHand } from "../limits/pausedByHand.ts";
import type { SendLimits } from "../sendLimits.ts";
import type { ChunkRegistry, WaitingChunk } from "./chunkRegistry.ts";
import type { RetrySchedule } from "./retrySchedule.ts";
import type { RunSignal } from "./runSignal.ts";

export interface SupervisionPorts {
  readonly runs: Runs;
  readonly deliveries: Deliveries;
  readonly chunkQueue: ChunkQueue;
  readonly runSignal: RunSignal;
  readonly pausedByHand: PausedByHand;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What the coordinator works with while chunks are on their way. */
export interface Supervision {
  readonly ports: SupervisionPorts;
  readonly run: Pick<StepRun, "runId" | "order" | "proveLease">;
  readonly limits: SendLimits;
  readonly registry: ChunkRegistry;
  /** What this process has seen of the heartbeats of issued chunks. */
  readonly watch: HeartbeatWatch;
  readonly retries: RetrySchedule;
  /** Language → partition of the ledger. */
  readonly partitionOf: (language: string) => string;
  /** Most chunks issued at a time: what the account has use for. */
  readonly width: number;
  /** How many are issued at a time now: less while the account has no rate slots for more. */
  pace: number;
  /** Until when the account is paused (ISO) and why, as the chunks that met the pause reported. */
  paused?: Waiting["paused"];
  /** The same of a chunk that found no rate slot although the account is not paused. */
  held?: Waiting["held"];
  /** Why the pass cannot go on: a chunk came back with it, or the sending window is closed. */
  blocked?: "quota" | "daily-limit" | "window";
}

const issuesAtOnce = 10;

/** Issues chunks that need not wait, up to the pace, several at once. True if any was issued. */
export async function issueChunks(supervision: Supervision): Promise<boolean> {
  let any = false;
  for (;;) {
    const chunks = takeIssuable(supervision);
    if (chunks.length === 0) return any;
    // All are awaited before a failure is thrown: by then each chunk is issued or waits again.
    for (const issue of await Promise.allSettled(chunks.map((chunk) => issueChunk(supervision, chunk)))) {
      if (issue.status === "rejected") throw issue.reason;
      any ||= issue.value;
    }
  }
}

function takeIssuable({ ports, registry, pace }: Supervision): WaitingChunk[] {
  const room = Math.min(issuesAtOnce, pace - (registry.issued.size - registry.limited().issued));
  const chunks: WaitingChunk[] = [];
  // They mostly wait: the others do not share their room with them.
  for (let own = registry.takeLimited(ports.clock.now()); own; own = registry.takeLimited(ports.clock.now()))
    chunks.push(own);
  if (chunks.length > 0) return chunks;
  while (chunks.length < room) {
    const chunk = registry.takeIssuable(ports.clock.now());
    if (!chunk) break;
    chunks.push(chunk);
  }
  return chunks;
}

async function issueChunk(supervision: Supervision, chunk: WaitingChunk): Promise<boolean> {
  const { ports, registry, run } = supervision;
  const heartbeatAt = instant(ports.clock.now());
  let token: number | undefined;
  try {
    run.proveLease();
    token = await ports.runs.issue(chunk, heartbeatAt);
  } catch (error) {
    registry.putBack(chunk);
    throw error;
  }
  const { runId, sk, language, groups } = chunk;
  // Another process moved it on: the next look reads its state.
  const issued = { runId, sk, language, token: token ?? chunk.token, heartbeatAt };
  registry.issue({ ...issued, status: "issued", fence: 0, losses: 0, skipped: {}, retry: {}, groups, ttl: 0 });
  if (token !== undefined) await addChunkJob(supervision, { ...chunk, token });
  return token !== undefined;
}

/** The job is a hint: without Redis the chunk stays issued, and its job is added again when no worker picks it up. */
export async function addChunkJob(
  { ports: { chunkQueue, log }, run, width }: Supervision,
  { runId, sk, token }: { runId: string; sk: string; token: number },
): Promise<void> {
  try {
    const { id: workOrderId, account } = run.order;
    await chunkQueue.add([{ workOrderId, runId, sk, token, account, usefulChunks: width }]);
  } catch (error) {
    log.warn({ error, chunk: sk }, "the job of a chunk could not be added; it is added again later");
  }
}

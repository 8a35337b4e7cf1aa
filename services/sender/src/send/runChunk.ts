import type { CancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import type { ChunkGivenBack, ChunkResult, HeldChunk } from "@email-agent/shared/adapters/chunkWrites.ts";
import type { Runs } from "@email-agent/shared/adapters/runs.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Chunk } from "@email-agent/shared/domain/delivery/run.ts";
import { holdWords, pauseWords } from "@email-agent/shared/domain/delivery/waiting.ts";
import { isWakeUpRun } from "@email-agent/shared/domain/lifecycle/passes.ts";
import { isSendOver } from "@email-agent/shared/domain/lifecycle/schedule.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError, dispositionOf } from "@email-agent/shared/kit/errors.ts";
import { retryTransient } from "@email-agent/shared/kit/retryTransient.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";
import type { ChunkJob } from "@email-agent/shared/messages/stepJob.ts";
import type { Lease } from "@email-agent/shared/run/keepLease.ts";
import { newWorkerName } from "@email-agent/shared/run/workerName.ts";
import type { ContentCache } from "../content/loadRunContent.ts";
import { deliver } from "../delivery/deliver.ts";
import { type DeliveryPorts, mailRun, type RenderConfig } from "../delivery/mailRun.ts";
import type { DeliveryEnd } from "../delivery/person.ts";
import type { SendLimits } from "../sendLimits.ts";
import { keepChunkLease } from "./chunkLease.ts";
import { type ChunkTally, chunkTally, sortPeople } from "./chunkResult.ts";
import { windowFrom } from "./noteWindow.ts";
import type { RunSignal } from "./runSignal.ts";
import { settleAgain } from "./settleEndedRuns.ts";

export interface ChunkPorts extends DeliveryPorts {
  readonly runs: Runs;
  readonly orders: Pick<WorkOrderStore, "get" | "write">;
  readonly flags: Pick<CancelFlags, "watch">;
  readonly content: ContentCache;
  readonly runSignal: Pick<RunSignal, "notify" | "onRecall">;
}

/**
 * Works on one chunk. The job is a hint: without the pick-up, or when the order does not work under this run any more, it
 * ends without effect. However it ends, the coordinator finds the chunk done, planned again with the reason, or failed.
 */
export async function runChunk(
  ports: ChunkPorts,
  config: RenderConfig,
  limits: SendLimits,
  job: ChunkJob,
  shutdown: AbortSignal,
): Promise<void> {
  const worker = newWorkerName();
  const renewedAt = ports.clock.monotonic();
  const chunk = await ports.runs.pickUp(job, worker, instant(ports.clock.now()));
  if (!chunk) return;
  const held = { runId: job.runId, sk: job.sk, token: job.token, worker };
  const tally = chunkTally(chunk.ids.length);
  const stillWorking = async () => {
    const now = await ports.orders.get(job.workOrderId);
    return now !== undefined && worksUnder(now, job.runId);
  };
  const work = { ports, config, limits, job, chunk, held, tally, stillWorking };
  await using lease = keepChunkLease(held, { ...ports, renewedAt, tally, stillWorking, shutdown, times: limits });
  const left = await deliverChunk(work, lease).then(
    (end) => () => leave(work, lease, end),
    (error) => () => leaveAfterThrow(work, lease, error),
  );
  // While the table is away the worker keeps the chunk: left alone, it would count as lost.
  await retryTransient(ports, "leaving a chunk", left, { milliseconds: limits.finalWriteMilliseconds });
  ports.runSignal.notify(job.runId);
  // What was on the wire when the run ended, or its chunk was taken over, is settled now; the run may have been counted before.
  if (lease.signal.aborted) await settleAgain(ports, job.workOrderId, "Send", job.runId, shutdown);
}

interface ChunkWork {
  readonly ports: ChunkPorts;
  readonly config: RenderConfig;
  readonly limits: SendLimits;
  readonly job: ChunkJob;
  readonly chunk: Chunk;
  readonly held: HeldChunk;
  readonly tally: ChunkTally;
  /** A consistent read: the order works under the run of the chunk. */
  readonly stillWorking: () => Promise<boolean>;
}

async function deliverChunk(work: ChunkWork, lease: Lease): Promise<DeliveryEnd> {
  const { ports, config, limits, job, chunk, tally } = work;
  const { runId, workOrderId } = job;
  const order = await ports.orders.get(workOrderId);
  if (!order || !worksUnder(order, runId)) return { kind: "ended" };
  const content = await ports.content.of(order, runId);
  const { language } = chunk;
  const run = { order, runId, isTest: false, userStarted: !isWakeUpRun(runId) };
  const inLanguage = mailRun({ content, language, config, clock: ports.clock }, run, (mailingKey) => mailingKey);
  const ledger = await ports.deliveries.getMany(inLanguage.partition, chunk.ids);
  const now = ports.clock.now();
  const candidates = sortPeople(chunk.ids, ledger, { runId, now, isOver: isSendOver(order, now) }, tally);
  const right = {
    signal: lease.signal,
    ...(order.sendUntil && { sendUntil: epochMilliseconds(order.sendUntil) }),
    window: windowFrom(order, now),
    proven: lease.isProven,
    stillWorking: work.stillWorking,
  };
  const waitsForGroups = chunk.groups !== undefined;
  return deliver(ports, inLanguage, candidates, right, limits, tally.record, { waitsForGroups });
}

function worksUnder(order: WorkOrder, runId: string): boolean {
  const { status, runId: current } = order.steps.Send;
  return status === "working" && current === runId;
}

/** Leaves the chunk in the state from which its coordinator goes on. */
async function leave(work: ChunkWork, lease: Lease, end: DeliveryEnd): Promise<void> {
  const { ports, limits, held, tally } = work;
  const giveBack = givingBack(work);
  const soon = instant(ports.clock.now() + limits.waitedMilliseconds);
  switch (end.kind) {
    case "done":
      await ports.runs.finish(held, tally.result(), instant(ports.clock.now()));
      return;
    case "ended":
      if (isShuttingDown(lease)) await giveBack({ returned: "shutdown", reason: "Its process was shut down." });
      else await giveBack({ returned: "trouble", reason: "Its worker lost the right to go on.", notBefore: soon });
      return;
    case "waited": {
      const until = issueAgainAt(end, ports.clock.now(), limits);
      const returned = end.cause === "paused" ? "paused" : "waited";
      const reason = `Waiting for the account (${end.cause}).`;
      const pauseReason = returned === "paused" ? (end.because ?? pauseWords(end.pausedFor)) : holdWords(end.cause);
      await giveBack({ returned, reason, notBefore: instant(until), ...(pauseReason && { pauseReason }) });
      return;
    }
    case "quota":
      await giveBack({ returned: "quota", reason: "The account's quota is used up." });
      return;
    case "daily-limit":
      await giveBack({ returned: "daily-limit", reason: "The provider's daily limit is reached." });
      return;
    case "run-error":
      await giveBack({ returned: "run-error", reason: end.message, errorCode: end.code });
      return;
  }
}

/**
 * When a chunk that waits for its account is to be issued again (epoch ms). A worker must have the chunk before its rate
 * slot comes: a slot that passes unused is lost.
 */
export function issueAgainAt(
  { until, cause }: Extract<DeliveryEnd, { kind: "waited" }>,
  now: number,
  { waitedMilliseconds, issueAheadMilliseconds }: SendLimits,
): number {
  return Math.max(cause === "rate" ? until - issueAheadMilliseconds : until, now + waitedMilliseconds);
}

function givingBack({ ports, held, tally }: ChunkWork) {
  return (why: Omit<ChunkGivenBack, keyof ChunkResult>) =>
    ports.runs.giveBack(held, { ...tally.result(), ...why }, instant(ports.clock.now()));
}

function isShuttingDown({ signal }: Lease): boolean {
  return signal.reason instanceof AppError && signal.reason.code === "shutting-down";
}

async function leaveAfterThrow(work: ChunkWork, lease: Lease, error: unknown): Promise<void> {
  const { ports, limits, held } = work;
  const { log, runs, clock } = ports;
  if (lease.signal.aborted) return leave(work, lease, { kind: "ended" });
  const giveBack = givingBack(work);
  if (isTransient(error)) {
    log.warn({ error, chunk: held.sk }, "a chunk met a transient error and is tried again");
    const notBefore = instant(clock.now() + limits.waitedMilliseconds);
    await giveBack({ returned: "trouble", reason: "A dependency was away.", notBefore });
    return;
  }
  if (dispositionOf(error) === "reject") {
    const { code, message } = error as AppError;
    await giveBack({ returned: "run-error", reason: message, errorCode: code });
    return;
  }
  // The coordinator ends the run, and says so at level error; the stack is known here only.
  log.warn({ error, chunk: held.sk }, "a chunk failed unexpectedly; the run ends");
  await runs.fail(held, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

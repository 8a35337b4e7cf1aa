import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Runs } from "@email-agent/shared/adapters/runs.ts";
import type { ChunkQueue } from "@email-agent/shared/adapters/stepQueues.ts";
import type { ChunkState } from "@email-agent/shared/domain/delivery/run.ts";
import { holdWords, unknownPause } from "@email-agent/shared/domain/delivery/waiting.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { Waiting, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError, type ErrorCode, errorCodes } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { HeartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import { isSameProcess } from "@email-agent/shared/run/workerName.ts";
import type { SendLimits } from "../sendLimits.ts";
import type { ChunkBoard, WaitingChunk } from "./chunkBoard.ts";
import type { RetryBook } from "./retryBook.ts";
import type { RunBell } from "./runBell.ts";

export interface SupervisionPorts {
  readonly runs: Runs;
  readonly deliveries: Deliveries;
  readonly chunkQueue: ChunkQueue;
  readonly bell: RunBell;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What the coordinator works with while chunks are on their way. */
export interface Supervision {
  readonly ports: SupervisionPorts;
  readonly run: Pick<StepRun, "runId" | "order" | "proveLease">;
  readonly limits: SendLimits;
  readonly board: ChunkBoard;
  /** What this process has seen of the heartbeats of issued chunks. */
  readonly watch: HeartbeatWatch;
  readonly retries: RetryBook;
  /** Language → partition of the ledger. */
  readonly partitionOf: (language: string) => string;
  /** Most chunks issued at a time: what the account has use for. */
  readonly width: number;
  /** How many are issued at a time now: less while the account has no place for more. */
  pace: number;
  /** Until when the account is paused (ISO) and why, as the chunks that met the pause said. */
  paused?: Waiting["paused"];
  /** The same of a chunk that found no place although the account is not paused. */
  held?: Waiting["held"];
  /** Why the pass cannot go on, once a chunk came back with it. */
  blocked?: "quota" | "daily-limit";
}

/**
 * Looks at every issued chunk once and does what its state asks for. True if anything moved.
 * Throws what ends the run: AppError of a chunk's run error, or a plain Error for an unexpected throw or a third loss.
 */
export async function superviseChunks(supervision: Supervision): Promise<boolean> {
  const { board, ports, run, watch, limits } = supervision;
  const states = await ports.runs.states(run.runId, [...board.issued.keys()]);
  const issued = states.filter(({ status }) => status === "issued");
  const silent = watch.look(
    issued.map((state) => [state.sk, heartbeatOf(state), silenceFromIngest(state, run.order.runLease?.lost, limits)]),
  );
  let moved = false;
  for (const state of states) {
    const known = board.issued.get(state.sk);
    if (state.status === "issued") await lookAfter(supervision, state, silent.get(state.sk) ?? 0);
    else comeBack(supervision, state);
    moved ||=
      state.status !== known?.status || state.worker !== known.worker || state.heartbeatAt !== known.heartbeatAt;
  }
  return moved;
}

/** Whatever moves an issued chunk on changes it. */
function heartbeatOf({ token, worker = "", heartbeatAt = "" }: ChunkState): string {
  return `${token} ${worker} ${heartbeatAt}`;
}

/**
 * For how long (ms) a chunk's worker is known to be silent because its process lost the run: ingest has seen no heartbeat
 * of the run for the whole bound, and the chunk's last one came no later than this after the run's, by the clock that
 * wrote both. So a killed process is missed once and not twice in a row.
 */
function silenceFromIngest(
  { worker, heartbeatAt }: ChunkState,
  lost: NonNullable<WorkOrder["runLease"]>["lost"],
  { takeOverMilliseconds }: SendLimits,
): number {
  if (!lost || worker === undefined || heartbeatAt === undefined || !isSameProcess(worker, lost.worker)) return 0;
  const later = epochMilliseconds(heartbeatAt) - epochMilliseconds(lost.heartbeatAt);
  return Math.max(0, takeOverMilliseconds - Math.max(0, later));
}

/**
 * A chunk on its way, unchanged for `silentMilliseconds` under the eyes of this process: its job is added again if nobody
 * took it, and its people are settled if its worker is lost.
 */
async function lookAfter(supervision: Supervision, state: ChunkState, silentMilliseconds: number): Promise<void> {
  const { ports, limits, board, run, partitionOf } = supervision;
  board.issue(state);
  const now = ports.clock.now();
  const { heartbeatAt = instant(0) } = state;
  if (state.worker === undefined) {
    if (silentMilliseconds < limits.pickUpMilliseconds) return;
    run.proveLease();
    if (await ports.runs.issueAgain(state, instant(now))) await addJob(supervision, state);
    return;
  }
  if (silentMilliseconds < limits.takeOverMilliseconds) return;
  run.proveLease();
  const token = await ports.runs.takeOver({ ...state, heartbeatAt }, instant(now));
  if (token === undefined) return;
  ports.metrics.count("ChunksTakenUp", 1);
  ports.log.warn({ chunk: state.sk, losses: state.losses + 1, worker: state.worker }, "a chunk lost its worker");
  const chunk = await ports.runs.chunk(run.runId, state.sk);
  const of = { participantIds: chunk?.ids ?? [] };
  const settled = await ports.deliveries.settleAbandoned(partitionOf(state.language), of, instant(ports.clock.now()));
  if (settled > 0) ports.metrics.count("SendInDoubt", settled, { account: run.order.account });
  if (state.losses + 1 > limits.lossesSurvived)
    throw new Error(`Chunk ${state.sk} lost its worker ${state.losses + 1} times.`);
  await addJob(supervision, { ...state, token });
}

/** A chunk whose worker is through with it, one way or the other. */
function comeBack(supervision: Supervision, state: ChunkState): void {
  const { board, retries } = supervision;
  board.close(state);
  if (state.status === "done") {
    retries.add(state.language, state.retry);
    supervision.pace = Math.min(supervision.width, supervision.pace + 1);
    return;
  }
  if (state.status === "failed") throw new Error(`Chunk ${state.sk} failed: ${state.reason ?? "no reason given"}`);
  board.plan(state);
  if (state.returned === "waited" || state.returned === "paused") supervision.pace = Math.max(1, supervision.pace - 1);
  if (state.returned === "paused" && state.notBefore !== undefined)
    notePause(supervision, state.notBefore, state.pauseReason);
  if (state.returned === "waited" && state.notBefore !== undefined)
    supervision.held = { until: state.notBefore, because: state.pauseReason ?? holdWords("") };
  if (state.returned === "daily-limit") supervision.blocked = "daily-limit";
  if (state.returned === "quota") supervision.blocked ??= "quota";
  if (state.returned === "run-error")
    throw new AppError(errorCodeOf(state), state.reason ?? "The account cannot send.");
}

/** The chunk whose message began a pause may know more; those that only met it must not make it forgotten. */
function notePause(supervision: Supervision, until: string, reason: string | undefined): void {
  const { paused, ports } = supervision;
  const known = paused && epochMilliseconds(paused.until) > ports.clock.now() ? paused.because : unknownPause;
  supervision.paused = { until, because: reason ?? known };
}

function errorCodeOf({ errorCode }: ChunkState): ErrorCode {
  return errorCode !== undefined && Object.hasOwn(errorCodes, errorCode) ? (errorCode as ErrorCode) : "configuration";
}

const issuesAtOnce = 10;

/** Issues what may be issued, up to the pace, several at once. True if anything was. */
export async function issueChunks(supervision: Supervision): Promise<boolean> {
  let any = false;
  for (;;) {
    const chunks = takeIssuable(supervision);
    if (chunks.length === 0) return any;
    // All are awaited before one that failed is told: each is either issued or back on the board by then.
    for (const issue of await Promise.allSettled(chunks.map((chunk) => issueChunk(supervision, chunk)))) {
      if (issue.status === "rejected") throw issue.reason;
      any ||= issue.value;
    }
  }
}

function takeIssuable({ ports, board, pace }: Supervision): WaitingChunk[] {
  const room = Math.min(issuesAtOnce, pace - board.issued.size);
  const chunks: WaitingChunk[] = [];
  while (chunks.length < room) {
    const chunk = board.takeIssuable(ports.clock.now());
    if (!chunk) break;
    chunks.push(chunk);
  }
  return chunks;
}

async function issueChunk(supervision: Supervision, chunk: WaitingChunk): Promise<boolean> {
  const { ports, board, run } = supervision;
  const heartbeatAt = instant(ports.clock.now());
  let token: number | undefined;
  try {
    run.proveLease();
    token = await ports.runs.issue(chunk, heartbeatAt);
  } catch (error) {
    board.putBack(chunk);
    throw error;
  }
  const { runId, sk, language } = chunk;
  // Somebody else moved it on: its state is read at the next look and tells where it stands.
  const issued = { runId, sk, language, token: token ?? chunk.token, heartbeatAt };
  board.issue({ ...issued, status: "issued", fence: 0, losses: 0, skipped: {}, retry: {}, ttl: 0 });
  if (token !== undefined) await addJob(supervision, { ...chunk, token });
  return token !== undefined;
}

/** The job is a hint: without Redis the chunk stays issued, and its job is added again when nobody picked it up. */
async function addJob(
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

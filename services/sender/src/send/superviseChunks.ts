import type { ChunkState } from "@email-agent/shared/domain/delivery/run.ts";
import { holdWords, unknownPause } from "@email-agent/shared/domain/delivery/waiting.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError, type ErrorCode, errorCodes } from "@email-agent/shared/kit/errors.ts";
import { isSameProcess } from "@email-agent/shared/run/workerName.ts";
import type { SendLimits } from "../sendLimits.ts";
import { addChunkJob, type Supervision } from "./issueChunks.ts";

/**
 * Checks every issued chunk once and acts on its state. True if anything moved. Throws what ends the run: AppError of a
 * chunk's run error, or a plain Error for an unexpected throw or a third loss.
 */
export async function superviseChunks(supervision: Supervision): Promise<boolean> {
  const { registry, ports, run, watch, limits } = supervision;
  const states = await ports.runs.states(run.runId, [...registry.issued.keys()]);
  const issued = states.filter(({ status }) => status === "issued");
  const silent = watch.look(
    issued.map((state) => [state.sk, heartbeatOf(state), silenceFromIngest(state, run.order.runLease?.lost, limits)]),
  );
  let moved = false;
  for (const state of states) {
    const known = registry.issued.get(state.sk);
    if (state.status === "issued") await lookAfter(supervision, state, silent.get(state.sk) ?? 0);
    else comeBack(supervision, state);
    moved ||=
      state.status !== known?.status || state.worker !== known.worker || state.heartbeatAt !== known.heartbeatAt;
  }
  return moved;
}

/** Every write on an issued chunk changes it. */
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
 * An issued chunk that this process has seen unchanged for `silentMilliseconds`: its job is added again if no worker picked
 * it up, and it is taken over and its claims are settled if its worker is lost.
 */
async function lookAfter(supervision: Supervision, state: ChunkState, silentMilliseconds: number): Promise<void> {
  const { ports, limits, registry, run, partitionOf } = supervision;
  registry.issue(state);
  const now = ports.clock.now();
  const { heartbeatAt = instant(0) } = state;
  if (state.worker === undefined) {
    if (silentMilliseconds < limits.pickUpMilliseconds) return;
    run.proveLease();
    if (await ports.runs.issueAgain(state, instant(now))) await addChunkJob(supervision, state);
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
  await addChunkJob(supervision, { ...state, token });
}

/** A chunk that its worker finished, gave back or failed. */
function comeBack(supervision: Supervision, state: ChunkState): void {
  const { registry, retries } = supervision;
  registry.close(state);
  if (state.status === "done") {
    retries.add(state.language, state.retry, state.limited);
    supervision.pace = Math.min(supervision.width, supervision.pace + 1);
    return;
  }
  if (state.status === "failed") throw new Error(`Chunk ${state.sk} failed: ${state.reason ?? "no reason given"}`);
  registry.plan(state);
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

/** The chunk whose message began a pause knows why; chunks that only met the pause must not overwrite the reason. */
function notePause(supervision: Supervision, until: string, reason: string | undefined): void {
  const { paused, ports } = supervision;
  // The coordinator says why and for how long.
  if (paused?.byHand) return;
  const known = paused && epochMilliseconds(paused.until) > ports.clock.now() ? paused.because : unknownPause;
  supervision.paused = { until, because: reason ?? known };
}

function errorCodeOf({ errorCode }: ChunkState): ErrorCode {
  return errorCode !== undefined && Object.hasOwn(errorCodes, errorCode) ? (errorCode as ErrorCode) : "configuration";
}

import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import { AppError } from "@email-agent/shared/service/errors.ts";
import { refuseTooManyFailures } from "./failureCeiling.ts";
import { isPassingTrouble } from "./passingTrouble.ts";
import { newChunk, planRun } from "./planRun.ts";
import { sendProgress } from "./sendProgress.ts";
import type { SendRun } from "./sendRun.ts";
import { issueChunks, superviseChunks } from "./superviseChunks.ts";

/**
 * Plans and sends at the same time until everybody planned has been handled, or until the account's quota is used up and
 * all chunks have come back. Rejects with what ends the run.
 */
export async function conductChunks(sendRun: SendRun, participants: Participants, chunkSize: number): Promise<void> {
  const { run, ports } = sendRun;
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const planning = { failed: false, error: undefined as unknown };
  const planned = planRun(
    { ...ports, participants },
    { ...run, signal, proveLease: run.proveLease },
    sendRun.mailings,
    { pass: sendRun.pass, chunkSize },
    sendRun.plan,
    (plan, chunks) => {
      sendRun.plan = { ...plan, nextRetryNumber: sendRun.plan.nextRetryNumber };
      for (const chunk of chunks) sendRun.board.plan(chunk);
    },
  ).catch((error) => Object.assign(planning, { failed: true, error }));
  try {
    await lookUntilDone(sendRun, chunkSize, planning);
  } finally {
    stop.abort(new AppError("stopped", "The run ended."));
    await planned;
  }
}

/** A quiet run is looked at less and less often. */
const slowing = 1.5;

async function lookUntilDone(
  sendRun: SendRun,
  chunkSize: number,
  planning: { readonly failed: boolean; readonly error: unknown },
): Promise<void> {
  const { run, ports, limits } = sendRun;
  let wait = limits.lookMilliseconds;
  for (;;) {
    run.signal.throwIfAborted();
    if (planning.failed) throw planning.error;
    const moved = await look(sendRun, chunkSize);
    if (isDone(sendRun)) return;
    wait = moved || !sendRun.plan.complete ? limits.lookMilliseconds : wait * slowing;
    await ports.clock.sleep(Math.min(wait, limits.slowLookMilliseconds), run.signal);
  }
}

function isDone({ plan, board, retries, blocked }: SendRun): boolean {
  if (!plan.complete || board.issued.size > 0) return false;
  return blocked !== undefined || (board.waiting === 0 && retries.size === 0);
}

/** One look at everything. Passing trouble of a table is waited out as long as the lease holds. */
async function look(sendRun: SendRun, chunkSize: number): Promise<boolean> {
  try {
    const moved = await superviseChunks(sendRun);
    await refuseTooManyFailures(sendRun);
    if (!sendRun.blocked) await planRetries(sendRun, chunkSize);
    const issued = !sendRun.blocked && (await issueChunks(sendRun));
    if (moved || issued) sendRun.run.report(sendProgress(sendRun));
    return moved || issued;
  } catch (error) {
    // What a chunk or the account reported ends the run; only this process's own trouble with a table is waited out.
    if (error instanceof AppError || !isPassingTrouble(error)) throw error;
    sendRun.run.log.warn({ error }, "looking after the chunks failed; trying again");
    sendRun.run.proveLease();
    return false;
  }
}

/** People whose time has come go into a chunk of their own kind. */
async function planRetries(sendRun: SendRun, chunkSize: number): Promise<void> {
  const { ports, run, retries, board } = sendRun;
  for (;;) {
    const due = retries.takeDue(ports.clock.now(), chunkSize);
    if (!due) return;
    const { plan } = sendRun;
    const number = plan.nextRetryNumber[due.language] ?? 0;
    const chunk = newChunk(plan, "retry", due.language, number, due.ids);
    run.proveLease();
    await ports.runs.putChunks([chunk]);
    sendRun.plan = { ...plan, nextRetryNumber: { ...plan.nextRetryNumber, [due.language]: number + 1 } };
    board.plan(chunk);
  }
}

import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { isTransientUnderLease, retryTransient } from "@email-agent/shared/kit/retryTransient.ts";
import { refuseTooManyFailures } from "./failureCeiling.ts";
import { issueChunks } from "./issueChunks.ts";
import { noteGroups } from "./noteGroups.ts";
import { notePauseByHand } from "./notePauseByHand.ts";
import { noteWindow } from "./noteWindow.ts";
import { planRetries } from "./planRetries.ts";
import { planRun } from "./planRun.ts";
import type { RunListener } from "./runSignal.ts";
import { sendProgress } from "./sendProgress.ts";
import type { SendRun } from "./sendRun.ts";
import { superviseChunks } from "./superviseChunks.ts";

/**
 * Plans and sends at the same time until every planned person is handled, or until the account's quota is used up and all
 * chunks have come back. Rejects with what ends the run.
 */
export async function conductChunks(sendRun: SendRun, participants: Participants, chunkSize: number): Promise<void> {
  const { run, ports } = sendRun;
  const stop = new AbortController();
  using listener = ports.runSignal.listen(run.runId);
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const planning = { failed: false, error: undefined as unknown };
  const plan = () =>
    planRun(
      { ...ports, participants },
      { ...run, signal, proveLease: run.proveLease },
      sendRun.mailings,
      { pass: sendRun.pass, chunkSize, selected: sendRun.selected },
      // After an outage from the last recorded page, as if taken over.
      sendRun.plan,
      (recorded, chunks) => {
        sendRun.plan = { ...recorded, nextRetryNumber: sendRun.plan.nextRetryNumber };
        for (const chunk of chunks) sendRun.registry.plan(chunk);
        // It may be long until a chunk moves again.
        if (recorded.complete) run.report(sendProgress(sendRun));
        if (sendRun.registry.issued.size < sendRun.pace) listener.wake();
      },
    );
  const planned = retryTransient({ ...ports, log: run.log }, "planning", plan, {
    retries: isTransientUnderLease,
    signal,
  }).catch((error) => {
    Object.assign(planning, { failed: true, error });
    listener.wake();
  });
  try {
    await lookUntilDone(sendRun, chunkSize, listener, planning);
  } finally {
    stop.abort(new AppError("stopped", "The run ended."));
    await planned;
  }
}

/** A quiet run is looked at less and less often; the run signal wakes the coordinator when a chunk comes back. */
const slowing = 1.5;

async function lookUntilDone(
  sendRun: SendRun,
  chunkSize: number,
  listener: RunListener,
  planning: { readonly failed: boolean; readonly error: unknown },
): Promise<void> {
  const { run, limits } = sendRun;
  let wait = limits.lookMilliseconds;
  for (;;) {
    run.signal.throwIfAborted();
    if (planning.failed) throw planning.error;
    const moved = await look(sendRun, chunkSize);
    if (isDone(sendRun)) return;
    wait = moved || !sendRun.plan.complete ? limits.lookMilliseconds : wait * slowing;
    await listener.wait(Math.min(wait, limits.slowLookMilliseconds), run.signal);
  }
}

function isDone({ plan, registry, retries, blocked }: SendRun): boolean {
  if (!plan.complete || registry.issued.size > 0) return false;
  return blocked !== undefined || (registry.waiting === 0 && retries.size === 0);
}

/** Checks everything once. An outage is waited out; the signal of the lease aborts if another process takes the run over. */
async function look(sendRun: SendRun, chunkSize: number): Promise<boolean> {
  try {
    const moved = await superviseChunks(sendRun);
    if (moved) sendRun.run.report(sendProgress(sendRun));
    await refuseTooManyFailures(sendRun);
    const isClosed = noteWindow(sendRun);
    if (!sendRun.blocked) await planRetries(sendRun, chunkSize);
    await noteGroups(sendRun);
    const isPaused = await notePauseByHand(sendRun, sendRun.ports.pausedByHand);
    const issued = !sendRun.blocked && !isClosed && !isPaused && (await issueChunks(sendRun));
    if (issued) sendRun.run.report(sendProgress(sendRun));
    return moved || issued;
  } catch (error) {
    // What a chunk or the account reported ends the run; only transient errors of this process are waited out.
    if (!isTransientUnderLease(error)) throw error;
    sendRun.run.log.warn({ error }, "supervising the chunks failed; trying again");
    return false;
  }
}

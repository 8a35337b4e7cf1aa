import type { MailSelections } from "@email-agent/shared/adapters/mailSelections.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { isSendOver } from "@email-agent/shared/domain/lifecycle/schedule.ts";
import type { LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import { AppError, dispositionOf } from "@email-agent/shared/kit/errors.ts";
import { isTransientUnderLease, retryTransient } from "@email-agent/shared/kit/retryTransient.ts";
import type { ContentConfig, ContentPorts } from "@email-agent/shared/run/loadContent.ts";
import type { StepHandler, StepResult, StepRun } from "@email-agent/shared/run/stepRun.ts";
import { loadRunContent, type RunContent } from "../content/loadRunContent.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import { conductChunks } from "../send/conductChunks.ts";
import { finishPass, lastCounters } from "../send/finishPass.ts";
import type { SupervisionPorts } from "../send/issueChunks.ts";
import { quotaWakeAt } from "../send/quotaSleep.ts";
import { sumCounters } from "../send/runCounters.ts";
import { leftOutMessage } from "../send/sendCeiling.ts";
import { passMessage, sendProgress } from "../send/sendProgress.ts";
import { chunkSizeFor, openSendRun, type SendRun } from "../send/sendRun.ts";
import type { SendLimits } from "../sendLimits.ts";

export interface SendPorts extends SupervisionPorts, ContentPorts {
  readonly orders: Pick<WorkOrderStore, "write">;
  readonly participants: Participants;
  readonly selections: Pick<MailSelections, "get" | "people">;
  readonly limiter: AccountLimiter;
  /** AppError `configuration` naming the account if its credentials are missing. */
  readonly checkCredentials: (account: RunContent["account"]) => Promise<void>;
}

export interface SendConfig extends ContentConfig {
  readonly CHUNK_SIZE: number;
}

/**
 * Send: the coordinator of one run. It plans, issues chunks, supervises them, sums their counts and alone writes the
 * step; the workers that pick the chunks up send the mails. All it knows is in the table, so any process can go on.
 */
export function send(ports: SendPorts, config: SendConfig, limits: SendLimits): StepHandler {
  return async (run) => {
    const outlast = <Result>(what: string, work: () => Promise<Result>) =>
      retryTransient(ports, what, work, { retries: isTransientUnderLease, signal: run.signal });
    let sendRun: SendRun | undefined;
    try {
      const content = await loadRunContent(ports, config, run.order, "Send", run.signal);
      await ports.checkCredentials(content.account);
      sendRun = await outlast("opening the run", () => openSendRun(ports, run, content, limits));
      return await passesOf(ports, sendRun, config, outlast);
    } catch (error) {
      await endRun(ports, run, sendRun, error);
      throw error;
    }
  };
}

type Outlast = <Result>(what: string, work: () => Promise<Result>) => Promise<Result>;

/** Sends until everyone has a result, again as long as the recount finds someone without one. */
async function passesOf(
  ports: SendPorts,
  sendRun: SendRun,
  config: Pick<SendConfig, "CHUNK_SIZE">,
  outlast: Outlast,
): Promise<StepResult> {
  for (;;) {
    await conductChunks(sendRun, ports.participants, chunkSizeFor(sendRun.content.account, config.CHUNK_SIZE));
    // At the end of sending no one waits for the quota: people who are left are skipped.
    if (sendRun.blocked && isSendOver(sendRun.run.order, ports.clock.now())) {
      delete sendRun.blocked;
      continue;
    }
    const languages = await outlast("closing the pass", () => finishPass(sendRun, sendRun.blocked === undefined));
    if (languages) return await outlast("closing the pass", () => passResult(ports, sendRun, languages));
    sendRun.run.report(sendProgress(sendRun));
  }
}

/** A stop shows its numbers at once, an end by the run itself once its workers have finished what is on the wire. */
const patienceMilliseconds = { stop: 1000, error: 5000 } as const;

/**
 * A run that was stopped or ends in an error: no further message begins, and the last numbers are reported. A run that
 * goes on elsewhere, or behind an outage, keeps its workers and has no last numbers yet.
 */
async function endRun(
  ports: Pick<SendPorts, "runSignal">,
  run: StepRun,
  sendRun: SendRun | undefined,
  error: unknown,
): Promise<void> {
  const reason: unknown = run.signal.aborted ? run.signal.reason : error;
  const code = reason instanceof AppError ? reason.code : undefined;
  const wasStopped = code === "stopped";
  if (dispositionOf(reason) === "interrupted" && !wasStopped) return;
  if (code !== "storage") ports.runSignal.recall(run.runId);
  if (!sendRun) return;
  try {
    const languages = await lastCounters(sendRun, patienceMilliseconds[wasStopped ? "stop" : "error"]);
    run.report({ counters: sumCounters(Object.values(languages)), languages });
  } catch (trouble) {
    // What ended the run matters more than its numbers, which were reported as it went on.
    run.log.warn({ error: trouble }, "the last numbers of a run could not be counted");
  }
}

async function passResult(
  ports: SendPorts,
  { run, content, blocked, plan, selected }: SendRun,
  languages: Record<string, LanguageCounters>,
): Promise<StepResult> {
  const said = { message: passMessage(languages), counters: sumCounters(Object.values(languages)), languages };
  if (blocked === "window") return { kind: "sleep", cause: "window", ...said };
  if (blocked) {
    const left = said.counters.total - said.counters.sent - said.counters.failed - said.counters.inDoubt;
    const wakeAt = await quotaWakeAt(ports, content.account, left - said.counters.skipped, blocked);
    return { kind: "sleep", cause: "quota", wakeAt, ...said };
  }
  const thisRun = sumCounters(Object.values(languages).flatMap((one) => one.thisRun ?? []));
  const message = leftOutMessage(plan, thisRun, run.order.steps.Send.confirmedRecipients);
  if (message !== undefined) return { kind: "error", ...said, message, ceiling: "confirmed" };
  return run.order.sendContinuously && !selected
    ? { kind: "sleep", cause: "next-pass", ...said }
    : { kind: "complete", ...said };
}

import type { Command, Judgement } from "../command.ts";
import { isKnownStatus, isStepName, mailsRecipients, type StepName } from "../steps.ts";
import { instant } from "../time.ts";
import type { StepStatus, WorkOrder } from "../workOrder.ts";
import { unknownHere } from "./busyStep.ts";
import { joinWrites, type OrderWrite } from "./orderWrite.ts";
import { givenBeforeRestore } from "./restoreHold.ts";
import { only, recordJudgement, unchangedSince } from "./runWrites.ts";
import { runIdOf, scheduleFault } from "./scheduledStart.ts";
import { judgeStart, retryFault } from "./startGuards.ts";
import { transition } from "./stepTransitions.ts";

/** A judged command: its judgement, the one write that carries it out, and the step's new status if it changes. */
export interface Judged {
  readonly judgement: Judgement;
  readonly write: OrderWrite;
  readonly moved?: { readonly step: StepName; readonly to: StepStatus };
}

type Asked = Pick<Command, "id" | "step" | "action" | "confirmedRecipients" | "startAt" | "selection"> &
  Partial<Pick<Command, "requestedBy" | "requestedAt">>;

/**
 * Judges a user's command. Returns one conditional write with the transition, the judgement and the end of waiting. Optimistic
 * locking: if the write is refused, the order has changed; read it and judge again, unless it is judged already.
 */
export function judgeCommand(order: WorkOrder, command: Asked, now: number): Judged {
  const { step, action } = command;
  if (!isStepName(step)) return unmoved(order, command, now, "rejected", `The step "${step}" is ${unknownHere}.`);
  const stale = givenBeforeRestore(order, command);
  if (stale !== undefined) return unmoved(order, command, now, "rejected", stale);
  if (action === "start") return judgeStartCommand(order, command, step, now);
  if (action === "retry") return judgeRetryCommand(order, command, step, now);
  if (action === "schedule") return judgeScheduleCommand(order, command, step, now);
  if (action === "stop") return judgeStop(order, command, step, now);
  return unmoved(
    order,
    command,
    now,
    "rejected",
    `The command "${action}" is unknown here: finish the update of the services.`,
  );
}

function judgeStartCommand(order: WorkOrder, command: Asked, step: StepName, now: number): Judged {
  const verdict = judgeStart(order, step, now);
  // A number confirmed for another step limits nothing.
  const confirmedRecipients = mailsRecipients(step) ? command.confirmedRecipients : undefined;
  const taken = transition(order, step, { kind: "start", commandId: command.id, confirmedRecipients, now });
  const reason = verdict.verdict === "granted" ? undefined : verdict.reason;
  if (!taken) return unmoved(order, command, now, verdict.verdict === "ignored" ? "ignored" : "rejected", reason);
  // A start before its predecessor is complete moves the step to error and starts no run.
  const judgement: Judgement =
    verdict.verdict === "granted"
      ? { ...base(command, now), outcome: "accepted", runId: command.id }
      : { ...base(command, now), outcome: "rejected", ...(reason && { reason }) };
  return moved(order, step, taken.to, judgement, taken.write);
}

function judgeRetryCommand(order: WorkOrder, command: Asked, step: StepName, now: number): Judged {
  const { id, selection, confirmedRecipients } = command;
  const fault = retryFault(order, step, now);
  const asked = { commandId: id, confirmedRecipients, selection };
  const taken =
    selection === undefined || fault ? undefined : transition(order, step, { kind: "start", ...asked, now });
  if (!taken) return unmoved(order, command, now, "rejected", fault ?? "The command names no selection of mails.");
  return moved(order, step, taken.to, { ...base(command, now), outcome: "accepted", runId: id }, taken.write);
}

function judgeScheduleCommand(order: WorkOrder, command: Asked, step: StepName, now: number): Judged {
  const { id, requestedBy = "", startAt = "", confirmedRecipients } = command;
  const asked = { commandId: id, by: requestedBy, startAt, confirmedRecipients };
  const taken = transition(order, step, { kind: "schedule", ...asked, now });
  if (!taken) return unmoved(order, command, now, "rejected", scheduleFault(order, step, startAt, now));
  const movedFrom = order.steps[step].scheduled?.at;
  const judgement: Judgement = {
    ...{ ...base(command, now), outcome: "accepted", runId: id, startAt },
    ...(movedFrom !== undefined && { movedFrom }),
  };
  return moved(order, step, taken.to, judgement, taken.write);
}

function judgeStop(order: WorkOrder, command: Asked, step: StepName, now: number): Judged {
  const taken = transition(order, step, { kind: "stop", now });
  if (!taken) return unmoved(order, command, now, "ignored", nothingToStop(order, step));
  const runId = runIdOf(order.steps[step]);
  return moved(
    order,
    step,
    taken.to,
    { ...base(command, now), outcome: "accepted", ...(runId && { runId }) },
    taken.write,
  );
}

/** Why a stop has no effect on a step that neither works nor sleeps. */
export function nothingToStop({ steps }: Pick<WorkOrder, "steps">, step: StepName): string {
  const { status } = steps[step];
  return isKnownStatus(status)
    ? `${step} is ${status}: there is nothing to stop.`
    : `${step} is "${status}", unknown here, and cannot be stopped here: finish the update of the services.`;
}

function moved(order: WorkOrder, step: StepName, to: StepStatus, judgement: Judgement, write: OrderWrite): Judged {
  return { judgement, write: joinWrites(write, recordJudgement(order, judgement)), moved: { step, to } };
}

function unmoved(
  order: WorkOrder,
  command: Asked,
  now: number,
  outcome: "ignored" | "rejected",
  reason: string | undefined,
): Judged {
  const judgement: Judgement = { ...base(command, now), outcome, ...(reason && { reason }) };
  return { judgement, write: joinWrites(recordJudgement(order, judgement), only(...unchangedSince(order))) };
}

function base(command: Pick<Asked, "id" | "step" | "action">, now: number) {
  return { id: command.id, step: command.step, action: command.action, at: instant(now) };
}

/**
 * The judgement a command already has, if any; this makes commands idempotent. Besides `lastCommand` it looks at the run the
 * command started, so a command redelivered after a later one (from the dead-letter queue) does not start a second run.
 */
export function standingJudgement(
  order: WorkOrder,
  command: Pick<Asked, "id" | "step" | "action">,
): Judgement | undefined {
  if (order.lastCommand?.id === command.id) return order.lastCommand;
  const step = isStepName(command.step) ? order.steps[command.step] : undefined;
  const started = step?.runId === command.id || step?.runId?.startsWith(`${command.id}-p`) === true;
  const scheduled = step?.scheduled !== undefined && step.nextRunId === command.id;
  if (command.action === "stop" || !(started || scheduled)) return undefined;
  return { ...base(command, Date.parse(step?.startedAt ?? order.updatedAt)), outcome: "accepted", runId: command.id };
}

/** What follows from a judgement; idempotent. */
export type Follow =
  | { readonly kind: "add-job"; readonly step: StepName; readonly runId: string; readonly token: number }
  | { readonly kind: "cancel"; readonly step: StepName; readonly runId: string; readonly token: number };

/** A start whose run still waits for a worker needs its job; a stop needs its cancel flag and the removal of the job. */
export function followUp(order: WorkOrder, judgement: Judgement): Follow | undefined {
  const { step, runId } = judgement;
  if (judgement.outcome !== "accepted" || runId === undefined || !isStepName(step)) return undefined;
  if (judgement.action === "stop") {
    // A stop raises the fence by one: the job of the stopped run has the previous token.
    return { kind: "cancel", step, runId, token: order.fence - 1 };
  }
  const { runLease } = order;
  const waits = order.steps[step].status === "working" && runLease?.runId === runId && runLease.worker === undefined;
  return waits ? { kind: "add-job", step, runId, token: runLease.token } : undefined;
}

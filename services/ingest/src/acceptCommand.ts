import type { Audit } from "@email-agent/shared/adapters/audit.ts";
import type { CancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import type { StepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Command, Judgement } from "@email-agent/shared/domain/command.ts";
import { commandLine, commandLineKey, runEndLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import {
  followUp,
  type Judged,
  judgeCommand,
  standingJudgement,
} from "@email-agent/shared/domain/lifecycle/judgement.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { inSpan } from "@email-agent/shared/kit/tracing.ts";
import type { StepCommand } from "@email-agent/shared/messages/stepCommand.ts";

export interface AcceptPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write" | "republish">;
  readonly audit: Audit;
  readonly queues: Pick<StepQueues, "addStep" | "removeStep">;
  readonly flags: Pick<CancelFlags, "raise">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** The order changed between read and write this often in a row: more than workers and editors can cause. */
const judgeTries = 20;

/**
 * Handles one command, idempotently: its ULID is the idempotency key. A judgement is written once, in one transaction with
 * its audit line, so that a command is never judged again, also if it comes back after later ones. A crash between any two
 * lines only repeats harmless work: jobs and flags grant no right. The caller deletes the message afterwards. Returns the
 * judgement; undefined if it was written before.
 */
export function acceptCommand(ports: AcceptPorts, message: StepCommand): Promise<Judgement | undefined> {
  const { traceparent, ...command } = message;
  const { step, action, workOrderId } = command;
  const attributes = { "email_agent.work_order": workOrderId, "email_agent.step": step, "email_agent.action": action };
  return inSpan("judge command", { kind: "consumer", parent: traceparent, attributes }, () => accept(ports, command));
}

async function accept(ports: AcceptPorts, message: StepCommand): Promise<Judgement | undefined> {
  const { audit, log } = ports;
  const { v: _, commandId: id, workOrderId, ...asked } = message;
  const command: Command = { id, ...asked };
  if (await audit.has(workOrderId, commandLineKey(id))) {
    await followAgain(ports, workOrderId, id);
    return undefined;
  }
  const found = await judge(ports, workOrderId, command);
  if (!found) return undefined;
  const { order, judgement, isAudited } = found;
  if (order) await follow(ports, order, judgement);
  if (!isAudited) await audit.put(commandLine(workOrderId, command, judgement));
  const { outcome, reason } = judgement;
  const { step, action } = command;
  log.info({ step, action, outcome, ...(reason && { reason }) }, "command judged");
  return judgement;
}

/** The process that judged it may have died before it published the judgement and did what follows from it. */
async function followAgain(ports: AcceptPorts, workOrderId: string, commandId: string): Promise<void> {
  const order = await ports.orders.get(workOrderId);
  if (order?.lastCommand?.id !== commandId) return;
  await ports.orders.republish(order);
  await follow(ports, order, order.lastCommand);
}

interface Found {
  readonly order?: WorkOrder;
  readonly judgement: Judgement;
  /** False where the order does not exist, or an earlier release wrote the judgement alone. */
  readonly isAudited: boolean;
}

/**
 * Writes the judgement, or finds the one written before; undefined if others followed it. Optimistic locking: if the order has
 * changed meanwhile, it is judged again.
 */
async function judge(ports: AcceptPorts, workOrderId: string, command: Command): Promise<Found | undefined> {
  const { orders, audit, clock } = ports;
  for (let attempt = 0; attempt < judgeTries; attempt += 1) {
    const order = await orders.get(workOrderId);
    if (!order) return { judgement: unknownOrder(workOrderId, command, clock.now()), isAudited: false };
    const standing = standingJudgement(order, command);
    if (standing) {
      // The process that wrote it may have died before it published it.
      await orders.republish(order);
      return { order, judgement: standing, isAudited: false };
    }
    if (attempt > 0 && (await audit.has(workOrderId, commandLineKey(command.id)))) return undefined;
    const judged = judgeCommand(order, command, clock.now());
    const line = endLine(order, command, judged, clock.now());
    const lines = { audit: line, judgement: commandLine(workOrderId, command, judged.judgement) };
    const written = await orders.write(workOrderId, judged.write, lines);
    if (written) return { order: written, judgement: judged.judgement, isAudited: true };
  }
  throw new AppError("dependency", `Work order ${workOrderId} changes too often to judge command ${command.id}.`);
}

/** A stop ends a run, and a start before its predecessor is complete ends in error: both are terminal and audited. */
function endLine(order: WorkOrder, command: Command, { moved, judgement }: Judged, now: number) {
  if (!moved) return undefined;
  const run = { runId: judgement.runId ?? command.id, step: moved.step };
  const { counters: last, scheduled } = order.steps[moved.step];
  // The numbers of a step whose start was scheduled are those of the run before.
  const counters = moved.to === "interrupted" && !scheduled ? last : undefined;
  return runEndLine(order.id, run, moved.to, counters, now);
}

function unknownOrder(workOrderId: string, command: Command, now: number): Judgement {
  const { id, step, action } = command;
  return { id, step, action, outcome: "rejected", reason: `There is no work order ${workOrderId}.`, at: instant(now) };
}

/** What follows from the judgement: for a start its job, for a stop the cancel flag and the removal of the job. */
async function follow({ queues, flags }: AcceptPorts, order: WorkOrder, judgement: Judgement): Promise<void> {
  const next = followUp(order, judgement);
  if (next?.kind === "add-job") {
    await queues.addStep(next.step, { workOrderId: order.id, runId: next.runId, token: next.token });
  } else if (next?.kind === "cancel") {
    await flags.raise(next.runId);
    await queues.removeStep(next.step, next.runId, next.token);
  }
}

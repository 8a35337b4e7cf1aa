import type { Action } from "@email-agent/shared/domain/command.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";

/** The optimistic update of a click: a command of this browser that is not judged yet, with the step as it is shown until then. */
export interface PendingCommand {
  readonly commandId: string;
  readonly step: StepName;
  readonly action: Action;
  readonly shown: StepRecord;
}

/** Without an acknowledgement within this time the page rolls back to the confirmed state. */
export const acknowledgedWithinMilliseconds = 30_000;

/** What a click shows at once: a start already works, a stop or a schedule keeps the status it had. `now`: epoch milliseconds. */
export function optimisticUpdate(order: Order, command: Omit<PendingCommand, "shown">, now: number): PendingCommand {
  const step = order.steps[command.step];
  const { resultRunId } = step;
  const shown: StepRecord =
    command.action !== "start"
      ? { ...step, message: command.action === "stop" ? "Stopping…" : "Scheduling…" }
      : {
          status: "working",
          message: "Starting…",
          runId: command.commandId,
          startedAt: new Date(now).toISOString(),
          // The list of the last complete run stays open to view.
          ...(resultRunId !== undefined && { resultRunId }),
        };
  return { ...command, shown };
}

/** The order with the optimistic state of one step; everything else as confirmed. */
export function withPending(order: Order, { step, shown }: PendingCommand): Order {
  return { ...order, steps: { ...order.steps, [step]: shown } };
}

/** True for a state written after the command was judged, which shows its real outcome. */
export function acknowledges(order: Order, { commandId, step }: PendingCommand): boolean {
  const { runId } = order.steps[step];
  return order.lastCommand?.id === commandId || runId === commandId || runId?.startsWith(`${commandId}-p`) === true;
}

/** Why the command was refused; undefined if it was accepted, or if a later command has replaced its judgement. */
export function refusalIn({ lastCommand }: Order, { commandId }: PendingCommand): string | undefined {
  if (lastCommand?.id !== commandId || lastCommand.outcome === "accepted") return undefined;
  return lastCommand.reason ?? `It was ${lastCommand.outcome}, without a reason.`;
}

import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Action, StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";

/** A command this browser gave and whose judgement it has not seen yet, with the step as it is shown meanwhile. */
export interface PendingCommand {
  readonly commandId: string;
  readonly step: StepName;
  readonly action: Action;
  /** Version of the order when it was clicked. */
  readonly baseVersion: number;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly shown: StepRecord;
}

/** So long without acknowledgement, and the page goes back to what is confirmed. */
export const acknowledgedWithinMilliseconds = 30_000;

/** What a click shows at once: a start works already, a stop stands over the old status. */
export function expect(
  order: Order,
  asked: Pick<PendingCommand, "commandId" | "step" | "action">,
  now: number,
): PendingCommand {
  const step = order.steps[asked.step];
  const { resultRunId } = step;
  const shown: StepRecord =
    asked.action === "stop"
      ? { ...step, message: "Stopping…" }
      : {
          status: "working",
          message: "Starting…",
          runId: asked.commandId,
          startedAt: new Date(now).toISOString(),
          // The last complete Dry-Run can still be looked at.
          ...(resultRunId !== undefined && { resultRunId }),
        };
  return { ...asked, baseVersion: order.version, issuedAt: now, shown };
}

/** The order with the step as the pending command shows it, everything else as it is. */
export function withExpected(order: Order, { step, shown }: PendingCommand): Order {
  return { ...order, steps: { ...order.steps, [step]: shown } };
}

/** True for a state that comes after this command's judgement: it tells what really became of it. */
export function acknowledges(order: Order, { commandId, step }: PendingCommand): boolean {
  const { runId } = order.steps[step];
  return order.lastCommand?.id === commandId || runId === commandId || runId?.startsWith(`${commandId}-p`) === true;
}

/** Why the command came to nothing, as its judgement says; undefined if it was accepted, or judged too long ago to say. */
export function refusalIn({ lastCommand }: Order, { commandId }: PendingCommand): string | undefined {
  if (lastCommand?.id !== commandId || lastCommand.outcome === "accepted") return undefined;
  return lastCommand.reason ?? `It was ${lastCommand.outcome}, without a reason.`;
}

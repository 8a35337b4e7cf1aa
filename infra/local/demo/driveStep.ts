import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";
import type { Operator } from "../operator.ts";

const patienceSeconds = 24 * 60 * 60;

/**
 * Starts one step as an operator does and waits until this very run has ended. Throws one sentence if the command was
 * not accepted.
 */
export async function driveStep(
  operator: Operator,
  workOrderId: string,
  step: StepName,
  onProgress: (order: OrderSnapshot) => void,
): Promise<OrderSnapshot> {
  const commandId = await operator.command(workOrderId, step, "start");
  const ended = await operator.until(
    workOrderId,
    (order) => {
      const { lastCommand } = order;
      if (lastCommand?.id === commandId && lastCommand.outcome !== "accepted") return true;
      const record = order.steps[step];
      if (record.runId !== commandId) return false;
      onProgress(order);
      return record.status !== "working" && record.status !== "sleeping";
    },
    patienceSeconds,
  );
  const { lastCommand } = ended;
  if (lastCommand?.id === commandId && lastCommand.outcome !== "accepted" && ended.steps[step].status !== "error")
    throw new Error(`${step} was ${lastCommand.outcome}: ${lastCommand.reason ?? "no reason given"}`);
  return ended;
}

import type { WorkOrder } from "../workOrder.ts";

/** The run id of the pass after `runId`: `<commandId>` is pass 1, `<commandId>-p2` the next. */
export function nextPassRunId(runId: string): string {
  const [, commandId, pass] = /^(.+?)(?:-p(\d+))?$/.exec(runId) ?? [];
  return `${commandId}-p${Number(pass ?? 1) + 1}`;
}

/** True for a run that a wake-up began, false for one a user started. */
export function isWakeUpRun(runId: string): boolean {
  return /-p\d+$/.test(runId);
}

/** The command that began a run, or the first of the passes it belongs to. */
export function commandOfRun(runId: string): string {
  return runId.replace(/-p\d+$/, "");
}

/** What a Send that reached `sendUntil` says: the end time and how many were not mailed. */
export function sendUntilMessage(order: WorkOrder): string {
  const { counters } = order.steps.Send;
  const left = counters ? counters.total - counters.sent - counters.skipped - counters.failed - counters.inDoubt : 0;
  const people = left === 1 ? "1 person was" : `${Math.max(0, left)} people were`;
  return `Sending ended at ${order.sendUntil ?? "its end"} as planned; ${people} not mailed.`;
}

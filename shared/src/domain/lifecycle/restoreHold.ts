import type { Command } from "../command.ts";
import type { Restored, WorkOrder } from "../workOrder.ts";

/** Why a Send of a restored order is held; undefined if it is not. */
export function heldAfterRestore({ ledgerAt, released }: Restored): string | undefined {
  if (released) return undefined;
  return `This work order was restored from a backup: mails it sent after ${ledgerAt} are not in its ledger, and a Send could mail their recipients again. An administrator compares it with the log of the mail server and releases it: see "After a restore" in the runbook.`;
}

/** Why a command is refused permanently because of a restore; undefined if it is not. */
export function givenBeforeRestore(
  { restored }: Pick<WorkOrder, "restored">,
  { requestedAt }: Partial<Pick<Command, "requestedAt">>,
): string | undefined {
  if (!restored || requestedAt === undefined || requestedAt >= restored.at) return undefined;
  return "It was given before the work order was restored from a backup. Give it again if it is still wanted.";
}

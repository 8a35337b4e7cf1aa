import { scheduleFault } from "@email-agent/shared/domain/lifecycle/scheduledStart.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import { giveCommand } from "../../services/manager/src/server/order/giveCommand.ts";
import { judgeStartTime } from "../../services/manager/src/server/order/judgeStartTime.ts";
import { confirmedNumber } from "./confirmSend.ts";
import { mayChange, type Operation, refuse } from "./operation.ts";
import { operatorUser, portsOf } from "./ports.ts";
import { moment } from "./screen.ts";
import { waitForRun } from "./waitForRun.ts";

export interface ScheduleOptions {
  /** Local time: 2026-12-24 08:00. */
  readonly at: string;
  /** By default that of the organisation. */
  readonly zone?: string;
  readonly confirm?: number;
}

/**
 * Schedules a Send, or moves its start, as the dialog of the page does: the same time, guards and number. True once ingest has
 * accepted it, and for a dry run of what is possible.
 */
export async function scheduleSend(
  operation: Operation<ScheduleOptions>,
  order: WorkOrder,
  step: StepName,
): Promise<boolean> {
  const { options, complain, say } = operation;
  const [ports, user] = [portsOf(operation), operatorUser(operation)];
  const zone = options.zone ?? (await ports.configTable.settings()).timeZone;
  const { startAt, note, problem } = await judgeStartTime(ports, user, order.id, {
    local: options.at.trim().replace(/ +/, "T"),
    zone,
  });
  if (startAt === undefined) return refuse(operation, problem ?? "This is no time for a start.");
  const fault = scheduleFault(order, step, startAt, ports.clock.now());
  if (fault !== undefined) return refuse(operation, fault);
  const when = `${options.at.trim()} in ${zone} (${moment(startAt)})`;
  complain(`It would start at ${when}.`);
  if (note !== undefined) complain(note);
  const number = await confirmedNumber(operation, order, "schedule");
  if (number === undefined) return options.dryRun === true;
  // Typing the number of mails is the confirmation.
  if (options.confirm !== undefined && !(await mayChange(operation, `Schedule ${step} for ${when}?`))) return false;
  const asked = { commandId: ulid(), step, action: "schedule" as const };
  await giveCommand(ports, user, order.id, { ...asked, startAt, confirmRecipients: number });
  const isAccepted = await waitForRun(operation as Operation, { id: order.id, ...asked });
  if (isAccepted && !options.json)
    say(`${step} is scheduled for ${when}. \`ops orders stop ${order.id} ${step}\` cancels it.`);
  return isAccepted;
}

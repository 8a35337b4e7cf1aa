import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { countRecipients } from "../../services/manager/src/server/sending/countRecipients.ts";
import { ask, type Operation, refuse } from "./operation.ts";
import { portsOf } from "./ports.ts";
import { progressBar } from "./screen.ts";

/**
 * The number of mails that a person confirms: that of --confirm, or what is typed after everyone was counted. Undefined where
 * nothing is to be done: with --dry-run, or if another number was typed.
 */
export async function confirmedNumber(
  operation: Operation<{ readonly confirm?: number }>,
  order: WorkOrder,
  action: "start" | "schedule" = "start",
): Promise<number | undefined> {
  const { options, signal, complain } = operation;
  if (options.confirm !== undefined && !options.dryRun) return options.confirm;
  const counted = await counting(operation, order, signal);
  const { recipients, inDoubt, languages } = counted;
  const each = Object.entries(languages).map(([code, language]) => `${code} ${language.recipients}`);
  complain(`${recipients} mails would be sent now (${each.join(", ")}); ${inDoubt} are in doubt and stay so.`);
  if (options.dryRun) {
    complain(`Not done (--dry-run). \`--confirm ${recipients}\` ${action}s it.`);
    return undefined;
  }
  const typed = await ask(
    operation,
    `Type ${recipients} to ${action} the Send:`,
    `add --confirm ${recipients} where no one can be asked`,
  );
  if (typed === String(recipients)) return recipients;
  refuse(operation, "Another number was typed. Nothing was changed.");
  return undefined;
}

async function counting(operation: Operation, order: WorkOrder, signal: AbortSignal) {
  using bar = progressBar(operation, "Counting");
  return countRecipients(portsOf(operation), order, { signal, onPage: (read) => bar.at(read, read) });
}

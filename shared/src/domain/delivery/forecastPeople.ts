import { sendSize } from "../lifecycle/sendSize.ts";
import type { WorkOrder } from "../workOrder.ts";

/**
 * Who is still to be mailed by the Send that works or sleeps. While it is planning it knows only some of them: then the
 * Dry-Run, where it is complete, knows better. `planning`: how many mails this start, with all its passes, has tried so
 * far; absent once the pass has found all its recipients.
 */
export function peopleLeft(
  { languages, steps }: Pick<WorkOrder, "languages" | "steps">,
  planning?: { readonly tried: number },
): number {
  const { counters } = steps.Send;
  const handled = counters ? counters.sent + counters.failed + counters.inDoubt + counters.skipped : 0;
  const known = Math.max(0, (counters?.total ?? 0) - handled);
  return planning ? Math.max(known, (sendSize({ languages, steps }) ?? 0) - planning.tried) : known;
}

import { dryRunSize } from "../lifecycle/dryRunSize.ts";
import type { WorkOrder } from "../workOrder.ts";

/**
 * How many people a working or sleeping Send still has to mail. While it is planning it knows only some of them; then a
 * complete Dry-Run is the better estimate, less those reached since. `planning`:
 * how many deliveries of the mailing are sent or in doubt, over all runs; absent once the pass has found all its recipients.
 */
export function peopleLeft(
  { languages, steps }: Pick<WorkOrder, "languages" | "steps">,
  planning?: { readonly reached: number },
): number {
  const { counters, languages: sending = {} } = steps.Send;
  const handled = counters ? counters.sent + counters.failed + counters.inDoubt + counters.skipped : 0;
  const known = Math.max(0, (counters?.total ?? 0) - handled);
  const size = planning && dryRunSize({ languages, steps });
  if (!planning || size === undefined) return known;
  const counted = steps["Dry-Run"].languages ?? {};
  const before = languages.reduce((sum, code) => sum + (counted[code]?.reasons?.["already-received"] ?? 0), 0);
  const ended = Object.values(sending).reduce(
    (sum, { thisRun }) => sum + (thisRun?.failed ?? 0) + (thisRun?.skipped ?? 0),
    0,
  );
  return Math.max(known, Math.min(size, size + before - planning.reached) - ended);
}

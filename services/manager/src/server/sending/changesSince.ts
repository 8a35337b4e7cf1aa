import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { GoNoGo } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";
import { whatHappened } from "./auditWords.ts";
import { userNames } from "./userNames.ts";

type Change = GoNoGo["changes"][number];

const judged: readonly StepName[] = ["Dry-Run", "Test"];
const changesShown = 20;

/**
 * What users did to the order, and what Prepare published, since the last Dry-Run and the last Test began (they read
 * everything at their beginning); newest first. Empty if neither was run.
 */
export async function changesSince(
  { audit, configTable }: Pick<Manager, "audit" | "configTable">,
  order: WorkOrder,
): Promise<Change[]> {
  const begun = judged.flatMap((step) => {
    const { startedAt } = order.steps[step];
    return startedAt === undefined ? [] : [[step, startedAt] as const];
  });
  const first = begun.map(([, at]) => at).sort()[0];
  if (first === undefined) return [];
  const stepsBefore = (at: string) => begun.filter(([, startedAt]) => startedAt < at).map(([step]) => step);
  const edits = await audit.editsSince(order.id, first);
  const nameOf = await userNames(
    { configTable },
    edits.map(({ by }) => by),
  );
  const edited = edits.map((line) => ({
    at: line.at,
    ...(line.by && { by: nameOf(line.by) }),
    what: whatHappened(line),
  }));
  return [...edited, ...published(order)]
    .map((change) => ({ ...change, after: stepsBefore(change.at) }))
    .filter(({ after }) => after.length > 0)
    .sort((one, other) => (one.at < other.at ? 1 : -1))
    .slice(0, changesShown);
}

/** Content by the time it was prepared, languages of one Prepare together. */
function published({ languages, prepared }: WorkOrder): Pick<Change, "at" | "what">[] {
  const byTime = new Map<string, string[]>();
  for (const code of languages) {
    const at = prepared[code]?.preparedAt;
    if (at !== undefined) byTime.set(at, [...(byTime.get(at) ?? []), code]);
  }
  return [...byTime].map(([at, codes]) => ({ at, what: `Prepare published new content for ${codes.join(", ")}` }));
}

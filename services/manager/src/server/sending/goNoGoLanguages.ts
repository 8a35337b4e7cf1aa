import type { Language, Stage } from "@email-agent/shared/domain/configItems.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { GoNoGo, GoNoGoLanguage } from "../../api/sending.ts";
import type { RecipientCount } from "./countRecipients.ts";

const hashDigits = 8;
const received = "already-received";

/** Where the numbers come from: counted now, else from the Dry-Run, which is exact, else from Count, which comes close. */
export function countedBy(
  { steps }: Pick<WorkOrder, "steps">,
  counted: RecipientCount | undefined,
): GoNoGo["countedBy"] {
  if (counted) return "now";
  if (steps["Dry-Run"].languages) return "Dry-Run";
  return steps.Count.languages ? "Count" : undefined;
}

/** What each enabled language holds, in the order in which they are sent. */
export function goNoGoLanguages(
  order: WorkOrder,
  languages: ReadonlyMap<string, Language>,
  stage: Stage | undefined,
  counted: RecipientCount | undefined,
): GoNoGoLanguage[] {
  const source = countedBy(order, counted);
  const counts = source === "now" ? counted?.languages : source && order.steps[source].languages;
  return order.languages.map((code) => {
    const { reasons = {} } = counts?.[code] ?? {};
    const prepared = order.prepared[code];
    const recipients = counted?.languages[code]?.recipients;
    return {
      code,
      name: languages.get(code)?.name ?? code,
      ...(recipients !== undefined && { recipients }),
      alreadyReceived: reasons[received] ?? 0,
      excluded: excludedBy(reasons),
      subject: `${stage?.prefix[code] ?? ""}${order.subjects[code] ?? ""}`,
      ...(prepared && { content: prepared.hash.slice(0, hashDigits), preparedAt: prepared.preparedAt }),
    };
  });
}

function excludedBy(reasons: Readonly<Record<string, number>>): GoNoGoLanguage["excluded"] {
  return Object.entries(reasons)
    .filter(([reason, people]) => reason !== received && people > 0)
    .map(([reason, people]) => ({ reason, people }))
    .sort((one, other) => other.people - one.people);
}

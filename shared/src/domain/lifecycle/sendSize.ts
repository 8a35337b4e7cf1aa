import type { WorkOrder } from "../workOrder.ts";

type Sized = Pick<WorkOrder, "languages" | "steps">;

const received = "already-received";

/** How many the last complete Dry-Run would have sent in one language; undefined without one. */
function dryRunSizeOf({ steps }: Sized, language: string): number | undefined {
  const { status, languages = {} } = steps["Dry-Run"];
  return status === "complete" ? (languages[language]?.sent ?? 0) : undefined;
}

/**
 * How many mails of one language a Send would begin now: what the last Dry-Run would have sent, without those a Send has
 * reached since it was made; undefined while there is no complete one.
 */
export function sendSizeOf(order: Sized, language: string): number | undefined {
  const size = dryRunSizeOf(order, language);
  if (size === undefined) return undefined;
  const { "Dry-Run": dryRun, Send } = order.steps;
  const sending = Send.languages?.[language];
  // Counters of a Send before the Dry-Run are part of what it found already.
  if (!sending || (Send.startedAt ?? "") < (dryRun.startedAt ?? "")) return size;
  const before = dryRun.languages?.[language]?.reasons?.[received] ?? 0;
  const since = Math.max(0, sending.sent + sending.inDoubt - before);
  return Math.max(0, size - since);
}

/**
 * How many mails a Send would begin now, over all enabled languages; undefined while there is no complete Dry-Run. A
 * person counts once per language.
 */
export function sendSize(order: Sized): number | undefined {
  return sumOver(order, sendSizeOf);
}

/** The same as the last Dry-Run found it, whoever was reached since. */
export function dryRunSize(order: Sized): number | undefined {
  return sumOver(order, dryRunSizeOf);
}

function sumOver(order: Sized, sizeOf: typeof sendSizeOf): number | undefined {
  if (order.steps["Dry-Run"].status !== "complete") return undefined;
  return order.languages.reduce((sum, code) => sum + (sizeOf(order, code) ?? 0), 0);
}

import type { WorkOrder } from "../workOrder.ts";

type Sized = Pick<WorkOrder, "languages" | "steps">;

/** What one language concerned when the last complete Dry-Run was made. */
export interface DryRunSize {
  /** Mails that could be rendered. */
  readonly recipients: number;
  /** Mails that could be rendered and those that could not, and people who had theirs already. */
  readonly concerned: number;
}

/** What the last complete Dry-Run found in one language; undefined without one. */
export function dryRunSizeOf({ steps }: Sized, language: string): DryRunSize | undefined {
  const { status, languages = {} } = steps["Dry-Run"];
  if (status !== "complete") return undefined;
  const { sent = 0, failed = 0, reasons = {} } = languages[language] ?? {};
  return { recipients: sent, concerned: sent + failed + (reasons["already-received"] ?? 0) };
}

/** How many mails the last complete Dry-Run would have sent, over all enabled languages; undefined without one. */
export function dryRunSize(order: Sized): number | undefined {
  if (order.steps["Dry-Run"].status !== "complete") return undefined;
  return order.languages.reduce((sum, code) => sum + (dryRunSizeOf(order, code)?.recipients ?? 0), 0);
}

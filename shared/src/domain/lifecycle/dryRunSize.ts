import type { WorkOrder } from "../workOrder.ts";

type Sized = Pick<WorkOrder, "languages" | "steps">;

/** Recipients of one language in the last complete Dry-Run. */
export interface DryRunSize {
  /** Mails that could be rendered. */
  readonly recipients: number;
  /** Mails that could be rendered, mails that could not, and people who had received theirs already. */
  readonly concerned: number;
}

/** The size of one language in the last complete Dry-Run; undefined without one. */
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

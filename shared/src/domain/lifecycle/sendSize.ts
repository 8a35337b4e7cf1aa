import type { Delivery } from "../delivery/delivery.ts";
import type { WorkOrder } from "../workOrder.ts";

type Sized = Pick<WorkOrder, "languages" | "steps">;

/** Language → by how many fewer a Send would begin than the last Dry-Run found, by the deliveries since (`changeSince`). */
export type ReachedSince = Readonly<Record<string, number>>;

const reached: readonly Delivery["status"][] = ["sending", "sent", "in-doubt"];

/**
 * What one delivery takes off the number of a Dry-Run that began at `startedAt`: 1 for a mail begun since, unless it failed
 * and is tried again; -1 for one that was in doubt then and was resolved since as not received.
 */
export function changeSince(
  { status, sendingAt, resolvedAt }: Pick<Delivery, "status" | "sendingAt" | "resolvedAt">,
  startedAt: string,
): number {
  if (sendingAt >= startedAt) return reached.includes(status) ? 1 : 0;
  return status === "deferred" && resolvedAt !== undefined && resolvedAt >= startedAt ? -1 : 0;
}

/** How many the last complete Dry-Run would have sent in one language; undefined without one. */
function dryRunSizeOf({ steps }: Sized, language: string): number | undefined {
  const { status, languages = {} } = steps["Dry-Run"];
  return status === "complete" ? (languages[language]?.sent ?? 0) : undefined;
}

/**
 * How many mails of one language a Send would begin now: what the last Dry-Run would have sent, without those reached
 * since; undefined while there is no complete one.
 */
export function sendSizeOf(order: Sized, language: string, since: ReachedSince = {}): number | undefined {
  const size = dryRunSizeOf(order, language);
  return size === undefined ? undefined : Math.max(0, size - (since[language] ?? 0));
}

/**
 * How many mails a Send would begin now, over all enabled languages; undefined while there is no complete Dry-Run. A
 * person counts once per language.
 */
export function sendSize(order: Sized, since?: ReachedSince): number | undefined {
  return sumOver(order, (code) => sendSizeOf(order, code, since));
}

/** The same as the last Dry-Run found it, whoever was reached since. */
export function dryRunSize(order: Sized): number | undefined {
  return sumOver(order, (code) => dryRunSizeOf(order, code));
}

function sumOver(order: Sized, sizeOf: (language: string) => number | undefined): number | undefined {
  if (order.steps["Dry-Run"].status !== "complete") return undefined;
  return order.languages.reduce((sum, code) => sum + (sizeOf(code) ?? 0), 0);
}

import { setTimeout as pause } from "node:timers/promises";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { GoNoGoLine } from "../../api/sending.ts";
import { failure } from "../http/failure.ts";
import { jsonLines } from "../http/jsonLines.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { readGoNoGo } from "./readGoNoGo.ts";

/** How often a browser gets the progress of the count. */
const progressMilliseconds = 400;

/**
 * The facts before a Send as lines of JSON: how many people have been looked at while they are counted, and at last the
 * facts, or what failed. A browser that goes away ends the count. Throws what fails before the first line.
 */
export async function goNoGoStream(
  ports: Manager,
  user: User,
  { id, selection }: { readonly id: string; readonly selection?: string | undefined },
  asked: AbortSignal,
): Promise<Response> {
  const order = await orderFor(ports, user, id);
  return jsonLines(asked, (signal) => linesOf(ports, user, order, selection, signal));
}

async function* linesOf(
  ports: Manager,
  user: User,
  order: WorkOrder,
  selection: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<GoNoGoLine> {
  let read = 0;
  const of = selection === undefined ? expectedPeople(order) : undefined;
  const reading = readGoNoGo(ports, user, order.id, { signal, selection, onPage: (people) => (read = people) }).then(
    (facts): Ended => ({ facts }),
    (error: unknown): Ended => ({ error }),
  );
  let isFirst = true;
  for (;;) {
    const ended = await Promise.race([reading, pause(progressMilliseconds, undefined, { ref: false })]);
    if (ended && "facts" in ended) return yield { facts: ended.facts };
    if (ended && isFirst) throw ended.error;
    if (ended) return yield (await failure(ports.log, ended.error).json()) as GoNoGoLine;
    isFirst = false;
    yield { read, ...(of !== undefined && { of }) };
  }
}

type Ended = { readonly facts: Awaited<ReturnType<typeof readGoNoGo>> } | { readonly error: unknown };

/** About how many people there are, as the last Dry-Run or Count found them. */
function expectedPeople({ steps, languages }: WorkOrder): number | undefined {
  for (const step of ["Dry-Run", "Count"] as const) {
    const { sent, failed, reasons = {} } = steps[step].languages?.[languages[0] ?? ""] ?? {};
    if (sent === undefined) continue;
    return Object.values(reasons).reduce((sum, people) => sum + people, sent + (failed ?? 0));
  }
  return undefined;
}

import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import type { CopyRow, EventCopy } from "../../api/copies.ts";
import type { Manager } from "../manager.ts";
import { createOrder } from "../orders/createOrder.ts";
import type { FormPorts } from "../orders/loadFormContext.ts";
import { type PlannedCopy, planCopies } from "./planCopies.ts";

const name = z.string().max(200);

/** `POST /api/event-copies`. */
export const copyBodySchema = z.strictObject({
  from: name.min(1),
  to: name.min(1),
  /** Sub-event → sub-event of the other event; blank leaves its orders out. */
  parts: z.record(name, name),
  /** Only says what would be created. */
  isPreview: z.boolean(),
});

type Ports = FormPorts & Pick<Manager, "reportBadItem">;

/**
 * Copies the settings of every order of an event, archived ones too, to another event: one order after another, each as if
 * its form was saved. Event, part and stage belong to one order at most, so a second call, also at the same moment or
 * after a crash, creates what is missing and nothing twice. Throws AppError `not-found` for an event the user may not see,
 * `invalid-input` if both are the same.
 */
export async function copyEvent(
  ports: Ports,
  user: User,
  { from, to, parts, isPreview }: z.output<typeof copyBodySchema>,
): Promise<EventCopy> {
  for (const code of [from, to])
    if (!maySee(user, code) || !(await ports.events.get(code)))
      throw new AppError("not-found", `There is no event ${code}, or you have no access to it. Choose another one.`);
  if (from === to) throw new AppError("invalid-input", "Choose another event than the one that is copied.");
  const orders = await ordersOf(ports, from);
  const planned = await planCopies(ports, user, { from, to, parts }, orders);
  if (isPreview) return { rows: planned.map(({ row }) => row) };
  const rows: CopyRow[] = [];
  const failed = new Set<string>();
  for (const copy of planned) {
    const row = await create(ports, user, copy, failed);
    if (row.outcome === "unfit") failed.add(row.from);
    rows.push(row);
  }
  return { rows };
}

async function ordersOf({ orders, reportBadItem }: Ports, eventCode: string): Promise<WorkOrder[]> {
  const found: WorkOrder[] = [];
  const onBadItem = (error: unknown) => reportBadItem(error, "a work order cannot be read");
  for await (const order of orders.list(onBadItem)) if (order.eventCode === eventCode) found.push(order);
  return found;
}

/** Creates one order; what changed since the plan is a result, and does not stop the others. */
async function create(
  ports: Ports,
  user: User,
  { row, fields, parent }: PlannedCopy,
  failed: ReadonlySet<string>,
): Promise<CopyRow> {
  if (!fields) return row;
  if (parent !== undefined && failed.has(parent))
    return { ...row, outcome: "unfit", reasons: ["The work order whose content it takes could not be created."] };
  try {
    const { id } = await createOrder(ports, user, fields, row.from);
    return { ...row, outcome: "created", id };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { workOrderId, fields: sentences } = error.details;
    if (error.code === "conflict") return { ...row, outcome: "exists", id: String(workOrderId), notes: [] };
    if (error.code !== "invalid-input") throw error;
    return { ...row, outcome: "unfit", reasons: Object.values((sentences ?? {}) as Record<string, string>) };
  }
}

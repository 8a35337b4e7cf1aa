import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { rowOf } from "@email-agent/shared/domain/form/orderFields.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { endLease, validLease } from "@email-agent/shared/domain/lifecycle/editLease.ts";
import { type Reset, resetBy } from "@email-agent/shared/domain/lifecycle/invalidation.ts";
import { saveWrite, sleepingSaveWrite, workingStep } from "@email-agent/shared/domain/lifecycle/orderEdit.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import type { Order } from "../../api/orders.ts";
import { asKeyTaken } from "./createOrder.ts";
import { judgeEdit, shownResets } from "./judgeEdit.ts";
import { leaseLost, stepWorks } from "./leaseConflicts.ts";
import type { FormPorts } from "./loadFormContext.ts";
import type { SaveBody } from "./orderBodies.ts";
import { orderFor } from "./orderFor.ts";
import { conflict, unfit } from "./refusals.ts";
import { shownOrder } from "./shownOrder.ts";

/** Optimistic locking: a save that another write overtakes is tried this often. */
const tries = 5;

/**
 * Saves the changed fields of an order, resets what they invalidate, and ends the edit lease, in one write under its
 * token (optimistic locking). Throws AppError `invalid-input` with a sentence per field; `conflict` with `details.reason`: `lease-lost`,
 * `working`, `archived`, `unsettled` (a command waits), `resets` (with `details.resets`: ask, then save with `confirmReset`), `key-taken`.
 */
export async function saveOrder(ports: FormPorts, user: User, id: string, body: SaveBody): Promise<Order> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const order = await orderFor(ports, user, id);
    const now = ports.clock.now();
    if (validLease(order, now)?.token !== body.leaseToken) throw await leaseLost(ports, order, user, now);
    if (order.archived)
      throw conflict(
        "archived",
        "Someone archived the work order meanwhile. Restore it first; what you typed is still here.",
      );
    const working = workingStep(order);
    if (working) throw stepWorks(working);
    if (order.pendingCommandAt !== undefined)
      throw conflict("unsettled", "A command of this work order is still being checked. Save again in a moment.");
    const { errors, changes } = await judgeEdit(ports, user, order, body.fields);
    if (!changes) throw unfit(errors);
    const saved = await saveChanges(ports, user, order, changes, body, now);
    if (saved) return shownOrder(saved, user, "with details");
  }
  throw conflict("unsettled", "The work order keeps changing. Wait a moment, then save again.");
}

async function saveChanges(
  { orders }: FormPorts,
  user: User,
  order: WorkOrder,
  changes: Partial<WorkOrder>,
  { leaseToken, confirmReset }: SaveBody,
  now: number,
): Promise<WorkOrder | undefined> {
  if (Object.keys(changes).length === 0) return orders.write(order.id, endLease(leaseToken), { touch: false });
  const reset = resetBy(order, changes);
  if (reset.needsConfirmation && !confirmReset)
    throw conflict("resets", "Saving resets steps that are not complete. Confirm it, or change nothing.", {
      resets: shownResets(order, reset),
    });
  const audit = editLine(user, order, changes, reset, now);
  if (order.steps.Send.status === "sleeping")
    return orders.write(order.id, sleepingSaveWrite(order, changes, leaseToken, now), { updatedBy: user.id, audit });
  try {
    return await orders.rekey(order, saveWrite(order, changes, reset, leaseToken), { updatedBy: user.id, audit });
  } catch (error) {
    throw asKeyTaken(error);
  }
}

/** What changed, with the new values of all but secret fields. */
function editLine(user: User, order: WorkOrder, changes: Partial<WorkOrder>, reset: Reset, now: number) {
  const { id } = order;
  const [{ name: mailing }] = mailingsOf(order);
  const isAnotherMailing = mailingsOf({ ...order, ...changes })[0].name !== mailing;
  const values = Object.entries(changes).map(([name, value]) => [name, rowOf(name)?.secret ? "…" : (value ?? null)]);
  const data = {
    changed: Object.fromEntries(values),
    ...(reset.steps.length > 0 && { reset: reset.steps }),
    ...(isAnotherMailing && { mailing }),
  };
  return userLine({ workOrderId: id, by: user.id, what: "edited", data }, ulid(now), now);
}

import type { User } from "@email-agent/shared/domain/configItems.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { endLease, renewLease, takeLease, validLease } from "@email-agent/shared/domain/lifecycle/editLease.ts";
import { workingStep } from "@email-agent/shared/domain/lifecycle/orderEdit.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import type { EditLease } from "../../api/orders.ts";
import type { Manager } from "../manager.ts";
import { leaseHeld, leaseLost, stepWorks } from "./leaseConflicts.ts";
import { orderFor } from "./orderFor.ts";
import { conflict } from "./refusals.ts";
import { shownOrder } from "./shownOrder.ts";

type Ports = Pick<Manager, "orders" | "configTable" | "clock">;

const tries = 5;

/**
 * Gives the user the right to edit an order for 10 minutes. A lease that is held is given to another user only with
 * `takeOver`, which is audited. Throws AppError `conflict` with `details.reason`: `held` (with `details.holder`),
 * `working`, `unsettled`, `archived`.
 */
export async function takeEditLease(
  ports: Ports,
  user: User,
  id: string,
  { takeOver }: { readonly takeOver: boolean },
): Promise<EditLease> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const order = await orderFor(ports, user, id);
    const now = ports.clock.now();
    if (order.archived) throw conflict("archived", "The work order is archived. Restore it first.");
    const working = workingStep(order);
    if (working) throw stepWorks(working);
    if (order.pendingCommandAt !== undefined)
      throw conflict("unsettled", "A command of this work order is still being checked. Try again in a moment.");
    const held = await leaseHeld(ports, order, user, now);
    if (held && !takeOver) throw held;
    const token = ulid(now);
    const audit = held && takeOverLine(user, order, now);
    const write = takeLease(order, { userId: user.id, token }, now);
    const taken = await ports.orders.write(id, write, { touch: false, ...(audit && { audit }) });
    if (taken) return leaseBody(taken, user, token);
  }
  throw conflict("unsettled", "Others are opening this form at the same time. Try again in a moment.");
}

/** Extends the lease to 10 minutes from now. Throws AppError `conflict`: `lease-lost` (with the holder, if any) or `working`. */
export async function renewEditLease(ports: Ports, user: User, id: string, token: string): Promise<EditLease> {
  await orderFor(ports, user, id);
  const now = ports.clock.now();
  const renewed = await ports.orders.write(id, renewLease(token, now), { touch: false });
  if (renewed) return leaseBody(renewed, user, token);
  throw await leaseLost(ports, await orderFor(ports, user, id), user, now);
}

/** Releases the lease. One that is gone already is not an error: the page closes in any case. */
export async function releaseEditLease(ports: Ports, user: User, id: string, token: string): Promise<void> {
  await orderFor(ports, user, id);
  await ports.orders.write(id, endLease(token), { touch: false });
}

function leaseBody(order: WorkOrder, user: User, token: string): EditLease {
  const { expiresAt = "" } = order.editLease ?? {};
  return { token, expiresAt, order: shownOrder(order, user, "with details") };
}

function takeOverLine(user: User, order: WorkOrder, now: number) {
  const from = validLease(order, now)?.userId;
  return userLine({ workOrderId: order.id, by: user.id, what: "took over editing", data: { from } }, ulid(now), now);
}

import type { User } from "@email-agent/shared/domain/configItems.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { busyStep, busyWords } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { archiveWrite, restoreWrite } from "@email-agent/shared/domain/lifecycle/orderEdit.ts";
import type { OrderWrite } from "@email-agent/shared/domain/lifecycle/orderWrite.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import type { Order } from "../../api/orders.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "./orderFor.ts";
import { conflict } from "./refusals.ts";
import { shownOrder } from "./shownOrder.ts";

type Ports = Pick<Manager, "orders" | "clock">;

/** Hides an order from the main list. Throws AppError `conflict` while a step works or sleeps. */
export async function archiveOrder(ports: Ports, user: User, id: string): Promise<Order> {
  const order = await orderFor(ports, user, id);
  if (order.archived) return shownOrder(order, user, "with details");
  return change(ports, user, order, archiveWrite(user.id, ports.clock.now()), "archived");
}

/** Brings an archived order back. */
export async function restoreOrder(ports: Ports, user: User, id: string): Promise<Order> {
  const order = await orderFor(ports, user, id);
  if (!order.archived) return shownOrder(order, user, "with details");
  return change(ports, user, order, restoreWrite, "restored");
}

async function change(
  { orders, clock }: Ports,
  user: User,
  { id }: WorkOrder,
  write: OrderWrite,
  what: "archived" | "restored",
): Promise<Order> {
  const now = clock.now();
  const audit = userLine({ workOrderId: id, by: user.id, what }, ulid(now), now);
  const changed = await orders.write(id, write, { updatedBy: user.id, audit });
  if (changed) return shownOrder(changed, user, "with details");
  const busy = busyStep(await orderFor({ orders }, user, id));
  const repair = "Stop it or wait until it ends, then archive the work order.";
  throw conflict("working", busy ? busyWords(busy, repair) : `A step was just running. ${repair}`);
}

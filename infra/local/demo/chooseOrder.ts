import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { resetBy, resetWrite } from "@email-agent/shared/domain/lifecycle/invalidation.ts";
import { joinWrites } from "@email-agent/shared/domain/lifecycle/orderWrite.ts";
import { stepNames } from "@email-agent/shared/domain/steps.ts";
import { markerId, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { workOrders } from "./organisation.ts";

const revisionLimit = 10;

/** The demo's work order; if it was used before it gets its next revision, by which everybody is eligible again. */
export async function chooseOrder(orders: WorkOrderStore): Promise<WorkOrder> {
  const order = await demoOrder(orders);
  const busy = stepNames.find((name) => ["working", "sleeping"].includes(order.steps[name].status));
  if (busy)
    throw new Error(`The demo's work order is busy (${busy} is ${order.steps[busy].status}). Stop it first, or wait.`);
  if (order.steps.Send.status === "ready") return order;
  const revision = (order.revision ?? 0) + 1;
  if (revision > revisionLimit)
    throw new Error("The demo's work order has used all its revisions. Start over: npm start -- --fresh");
  const patch = {
    set: [[["revision"], revision]],
    remove: [],
    when: [{ path: ["version"], equals: order.version }],
  } as const;
  const edited = await orders.write(order.id, joinWrites(patch, resetWrite(order, resetBy(order, { revision }))), {
    updatedBy: "writer",
  });
  if (!edited) throw new Error("Another user changed the demo's work order just now. Run the demo again.");
  return edited;
}

async function demoOrder(orders: WorkOrderStore): Promise<WorkOrder> {
  const wanted = markerId(workOrders[0]!);
  for await (const order of orders.list()) if (markerId(order) === wanted) return order;
  throw new Error("The demo's work order is gone. Start over: npm start -- --fresh");
}

import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { markerId, readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import { workOrders } from "./organisation.ts";
import { testerIds } from "./people.ts";

/** Creates the work orders an operator finds at the first start; those whose event, sub-event and stage exist are left alone. */
export async function seedWorkOrders(orders: WorkOrderStore): Promise<void> {
  const existing = new Set<string>();
  for await (const order of orders.list()) existing.add(markerId(order));
  for (const fields of workOrders) {
    if (existing.has(markerId(fields))) continue;
    await orders.create({
      id: `wo-${ulid()}`,
      languages: ["EN", "DE", "SP"],
      testers: testerIds,
      steps: readySteps(),
      createdBy: "writer",
      updatedBy: "writer",
      ...fields,
    });
  }
}

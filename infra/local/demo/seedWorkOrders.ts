import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { markerId, readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import { workOrders } from "./organisation.ts";
import { testerIds } from "./people.ts";

type NewOrder = Parameters<WorkOrderStore["create"]>[0];
/** A work order to seed: in three languages and for the demo's testers unless it says otherwise. */
type SeededOrder = Omit<NewOrder, "id" | "steps" | "createdBy" | "updatedBy" | "languages" | "testers"> &
  Partial<Pick<NewOrder, "languages" | "testers">>;

/** Creates the work orders an operator finds at the first start; those whose event, sub-event and stage exist are left alone. */
export async function seedWorkOrders(
  orders: WorkOrderStore,
  seeds: readonly SeededOrder[] = workOrders,
): Promise<void> {
  const existing = new Set<string>();
  for await (const order of orders.list()) existing.add(markerId(order));
  for (const fields of seeds) {
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

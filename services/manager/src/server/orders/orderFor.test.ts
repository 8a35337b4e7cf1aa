import { userSchema } from "@email-agent/shared/domain/configItems.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { orderFor } from "./orderFor.ts";

const order = anOrder();
const orders = {
  get: async (id: string) => {
    if (id === order.id) return order;
    // What the store says of a marker, and the database of a key that is too long.
    throw new Error(`${id} must not be read`);
  },
};
const reader = (eventAccess: string[]) => userSchema.parse({ id: "rita", name: "Rita", role: "read", eventAccess });

test("an order is found only by users who may see its event", async () => {
  // The rest of the store is not asked.
  const ports = { orders } as unknown as Parameters<typeof orderFor>[0];
  expect(await orderFor(ports, reader([order.eventCode]), order.id)).toBe(order);
  const markerOfAnother = "key#E2026_weekend_reg";
  for (const id of [order.id, markerOfAnother, "wo-1", "A".repeat(3000), ""])
    await expect(orderFor(ports, reader(["E1"]), id)).rejects.toMatchObject({ code: "not-found" });
});

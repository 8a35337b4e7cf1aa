import { z } from "zod";
import { markerId, type WorkOrder } from "../domain/workOrder.ts";

/**
 * The marker that keeps event, sub-event and stage unique: an item `key#<eventCode>_<subEvent>_<stage>` holding
 * {workOrderId}, written in one transaction with its order.
 */
export type Keyed = Pick<WorkOrder, "id" | "eventCode" | "subEvent" | "stage">;

export const markerSchema = z.object({ id: z.string(), workOrderId: z.string() });

export function putMarker(table: string, order: Keyed) {
  return {
    Put: {
      TableName: table,
      Item: { id: markerId(order), workOrderId: order.id },
      ConditionExpression: "attribute_not_exists(id)",
    },
  };
}

/** Only its own marker: an absent one is no obstacle, that of another order stays. */
export function deleteMarker(table: string, order: Keyed) {
  return {
    Delete: {
      TableName: table,
      Key: { id: markerId(order) },
      ConditionExpression: "attribute_not_exists(id) OR workOrderId = :id",
      ExpressionAttributeValues: { ":id": order.id },
    },
  };
}

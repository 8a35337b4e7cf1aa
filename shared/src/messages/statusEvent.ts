import { z } from "zod";
import { instantSchema } from "../domain/time.ts";
import { editLeaseSchema, workOrderSchema } from "../domain/workOrder.ts";

const envelope = {
  v: z.literal(1),
  workOrderId: z.string(),
  eventCode: z.string(),
  version: z.int(),
  at: instantSchema,
  /** W3C trace context of what caused it; only where traces are collected. */
  traceparent: z.string().optional(),
};

/**
 * The order as events carry it: never `command`, never the token of the edit lease (its holder may save); `details` only
 * while the payload stays within 24 KB.
 */
export const orderSnapshotSchema = workOrderSchema
  .omit({ command: true })
  .extend({ editLease: editLeaseSchema.omit({ token: true }).optional() });
export type OrderSnapshot = z.infer<typeof orderSnapshotSchema>;

/** What the store publishes on `STATUS_TOPIC_ARN` after a write. */
export const statusEventSchema = z.discriminatedUnion("type", [
  z.object({ ...envelope, type: z.literal("work-order.snapshot"), order: orderSnapshotSchema }),
  z.object({ ...envelope, type: z.literal("work-order.deleted") }),
]);
export type StatusEvent = z.infer<typeof statusEventSchema>;

export const payloadLimitBytes = 24 * 1024;

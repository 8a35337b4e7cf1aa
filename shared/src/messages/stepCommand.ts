import { z } from "zod";
import { instantSchema } from "../domain/time.ts";

/** Body of a message on `work-order-queue.fifo`. Group id = workOrderId, deduplication id = commandId. */
export const stepCommandSchema = z.object({
  v: z.literal(1),
  commandId: z.ulid(),
  workOrderId: z.string().min(1),
  step: z.string().min(1),
  action: z.string().min(1),
  requestedBy: z.string().min(1),
  requestedAt: instantSchema,
  /** Start of Send: the number of mails the user was shown and confirmed; absent if the user was not asked. */
  confirmedRecipients: z.int().min(0).optional(),
  /** `schedule`: when Send is to start. */
  startAt: instantSchema.optional(),
  /** W3C trace context of what caused it; only where traces are collected. */
  traceparent: z.string().optional(),
  /** `retry`: the selection of mails that are sent again. */
  selection: z.string().optional(),
});
export type StepCommand = z.infer<typeof stepCommandSchema>;

import { z } from "zod";
import { commandFields } from "../domain/command.ts";

/** Body of a message on `work-order-queue.fifo`. Group id = workOrderId, deduplication id = commandId. */
export const stepCommandSchema = z.object({
  v: z.literal(1),
  commandId: z.ulid(),
  // What no table can hold as a key names no order, and could not be audited either.
  workOrderId: z
    .string()
    .min(1)
    .max(200)
    .refine((id) => id.isWellFormed(), "not a text that can be stored"),
  ...commandFields,
});
export type StepCommand = z.infer<typeof stepCommandSchema>;

import { z } from "zod";
import { commandFields } from "../domain/command.ts";

/** Body of a message on `work-order-queue.fifo`. Group id = workOrderId, deduplication id = commandId. */
export const stepCommandSchema = z.object({
  v: z.literal(1),
  commandId: z.ulid(),
  workOrderId: z.string().min(1),
  ...commandFields,
});
export type StepCommand = z.infer<typeof stepCommandSchema>;

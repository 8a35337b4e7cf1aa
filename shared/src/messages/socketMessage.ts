import { z } from "zod";
import { statusEventSchema } from "./statusEvent.ts";

/** Sent instead of a snapshot that exceeds the payload limit: the client then reads the order over HTTP. */
const changedMessageSchema = z.object({
  v: z.literal(1),
  type: z.literal("work-order.changed"),
  workOrderId: z.string(),
  version: z.int(),
});

/** Everything a browser may receive. It applies only versions greater than the one it holds. */
export const serverMessageSchema = z.union([statusEventSchema, changedMessageSchema]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

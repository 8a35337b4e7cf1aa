import { z } from "zod";
import { instantSchema } from "../domain/time.ts";

/**
 * Data of a BullMQ job: a hint that there may be work, never a right to do it. The right is the pick-up, a conditional
 * write with this `runId` and `token`. Job id: `<runId>-t<token>`.
 */
export const stepJobSchema = z.object({
  v: z.literal(1),
  workOrderId: z.string(),
  runId: z.string(),
  token: z.int(),
  addedAt: z.int(),
  /** Not a run but the settlement of runs that ended: the value of `runCheckAt` under which it may be picked up. */
  settles: instantSchema.optional(),
  /** W3C trace context of what caused it; only where traces are collected. */
  traceparent: z.string().optional(),
});
export type StepJob = z.infer<typeof stepJobSchema>;

/** Data of a job on `send-chunk`. `sk` is the chunk's sort key in Runs. Job id: `<runId>-<kind>-<LANG>-<number>-t<token>`. */
export const chunkJobSchema = z.object({
  v: z.literal(1),
  workOrderId: z.string(),
  runId: z.string(),
  sk: z.string(),
  token: z.int(),
  addedAt: z.int(),
  /** The account it is sent from, and how many chunks at once this account can use. Absent from earlier senders. */
  account: z.string().optional(),
  usefulChunks: z.int().optional(),
  /** W3C trace context of what caused it; only where traces are collected. */
  traceparent: z.string().optional(),
});
export type ChunkJob = z.infer<typeof chunkJobSchema>;

/** Name of the sender's internal queue; those of the steps are in the step catalogue. */
export const chunkQueueName = "send-chunk";

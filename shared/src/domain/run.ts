import { z } from "zod";
import { instantSchema } from "./time.ts";
import { countersSchema } from "./workOrder.ts";

export const chunkStatuses = ["planned", "issued", "done", "failed"] as const;

/** A chunk in Runs (key `runId`, sort key `chunk#<LANG>#<number>` or `retry#<LANG>#<number>`). `ttl`: epoch seconds. */
export const chunkSchema = z.looseObject({
  runId: z.string(),
  sk: z.string().regex(/^(chunk|retry)#[A-Z]{2}#\d+$/),
  language: z.string(),
  ids: z.array(z.string()).max(100),
  status: z.enum(chunkStatuses),
  /** Why it went back to planned, or the text of an unexpected throw. */
  reason: z.string().optional(),
  token: z.int().min(0),
  worker: z.string().optional(),
  heartbeatAt: instantSchema.optional(),
  /** A planned chunk that waited for its account may be issued again from here on. */
  notBefore: instantSchema.optional(),
  losses: z.int().min(0),
  counts: countersSchema.optional(),
  skipped: z.record(z.string(), z.string()).default({}),
  /** Participant id → time of the next attempt. */
  retry: z.record(z.string(), instantSchema).default({}),
  ttl: z.int(),
});
export type Chunk = z.infer<typeof chunkSchema>;

/** Where planning of one language and scan segment stands. */
export const planCursorSchema = z.object({
  /** JSON of the last page key whose chunks are all put; absent before the first page. */
  lastKey: z.string().optional(),
  done: z.boolean(),
});

/** The item `plan` of a run. `cursors` is keyed `<LANG>#<segment>`, `nextNumber` by language. */
export const planSchema = z.looseObject({
  runId: z.string(),
  sk: z.literal("plan"),
  segments: z.int().min(1),
  cursors: z.record(z.string(), planCursorSchema),
  nextNumber: z.record(z.string(), z.int().min(0)),
  nextRetryNumber: z.record(z.string(), z.int().min(0)).default({}),
  /** Language → skip reason → people, from planning. */
  skipped: z.record(z.string(), z.record(z.string(), z.int())).default({}),
  complete: z.boolean(),
  ttl: z.int(),
});
export type Plan = z.infer<typeof planSchema>;

import { z } from "zod";
import { instantSchema } from "../time.ts";
import { countersSchema } from "../workOrder.ts";
import { everyoneSchema } from "./mailSelection.ts";

const chunkStatuses = ["planned", "issued", "done", "failed"] as const;

/**
 * Why a worker put its chunk back to planned. `waited`: the account had no place for it; `paused`: the account is paused;
 * `quota`, `daily-limit`: the pass sleeps; `run-error`: the run ends with `reason`; `shutdown`: the process ends;
 * `trouble`: a dependency was away.
 */
const chunkReturns = ["waited", "paused", "quota", "daily-limit", "run-error", "shutdown", "trouble"] as const;
export type ChunkReturn = (typeof chunkReturns)[number];

/** A chunk in Runs (key `runId`, sort key `chunk#<LANG>#<number>` or `retry#<LANG>#<number>`). `ttl`: epoch seconds. */
export const chunkSchema = z.looseObject({
  runId: z.string(),
  sk: z.string().regex(/^(chunk|retry)#[A-Z]{2}#\d+$/),
  language: z.string(),
  ids: z.array(z.string()).max(100),
  status: z.enum(chunkStatuses),
  /** Token of the coordinator that put it: an older coordinator never overwrites the chunk of a newer one. */
  fence: z.int().min(0).default(0),
  /** Why it went back to planned, in words; or the text of an unexpected throw. */
  reason: z.string().optional(),
  returned: z.enum(chunkReturns).optional(),
  /** With `run-error`: the code of the error catalogue. */
  errorCode: z.string().optional(),
  /** With `paused` and `waited`: why the account is paused or has no place, as a clause; absent if that is not known. */
  pauseReason: z.string().optional(),
  token: z.int().min(0),
  worker: z.string().optional(),
  heartbeatAt: instantSchema.optional(),
  /** When its first mails may have begun, and when its last worker was through with it: for reports only, no decision uses them. */
  startedAt: instantSchema.optional(),
  endedAt: instantSchema.optional(),
  /** A planned chunk that waited for its account may be issued again from here on. */
  notBefore: instantSchema.optional(),
  losses: z.int().min(0),
  counts: countersSchema.optional(),
  skipped: z.record(z.string(), z.string()).default({}),
  /** Participant id → time of the next attempt. */
  retry: z.record(z.string(), instantSchema).default({}),
  /** Participant id → receiving domain group that had no room for them; `retry` says when it has. */
  limited: z.record(z.string(), z.string()).optional(),
  /** Of a chunk of people who wait for their receiving domain groups: how many of each. Its worker waits with them. */
  groups: z.record(z.string(), z.int().min(1)).optional(),
  ttl: z.int(),
});
export type Chunk = z.infer<typeof chunkSchema>;

/** A chunk without its people: what supervising it needs. */
export const chunkStateSchema = chunkSchema.omit({ ids: true });
export type ChunkState = z.infer<typeof chunkStateSchema>;

/** What became of a chunk's people and over what time: what looking back on a run needs. */
export const chunkProgressSchema = chunkSchema.pick({
  sk: true,
  language: true,
  status: true,
  worker: true,
  counts: true,
  startedAt: true,
  endedAt: true,
  heartbeatAt: true,
});
export type ChunkProgress = z.infer<typeof chunkProgressSchema>;

/** Progress of planning in one language and scan segment. */
const planCursorSchema = z.object({
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
  /** Language → people in its `chunk#` chunks, and those added at the end of a pass. */
  planned: z.record(z.string(), z.int()).default({}),
  /** Language → ids of people added at the end of a pass who may be in no chunk yet; `planned` counts them. */
  added: z.record(z.string(), z.array(z.string())).default({}),
  /** Language → deliveries of the mailing key when the run began. */
  before: z.record(z.string(), countersSchema).default({}),
  /** How many people the run may plan over all languages; absent: all who are eligible. */
  ceiling: z.int().min(0).optional(),
  /** Language → the last id, in the order of ids, within the ceiling; "" for none. Absent: no limit. */
  lastIds: z.record(z.string(), z.string()).default({}),
  /** Of a run for a selection: language → numbers of the last run for everyone, which its own are added to. */
  everyone: z.record(z.string(), everyoneSchema).optional(),
  /** Mails that earlier passes of the same command sent. */
  sentBefore: z.int().min(0).default(0),
  /** Token of the coordinator that wrote it last. */
  fence: z.int().min(0).default(0),
  complete: z.boolean(),
  ttl: z.int(),
});
export type Plan = z.infer<typeof planSchema>;

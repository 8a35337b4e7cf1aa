import { z } from "zod";
import { instantSchema } from "../time.ts";
import { countersSchema } from "../workOrder.ts";
import type { NoticeFacts, NoticeKind } from "./noticeCases.ts";

/** Run ids under which notices are kept in Runs: those decided, the mails that are to be sent, and how many were. */
export const noticesRunId = "notices";
export const noticeRequestsRunId = "notice-requests";
export const noticeAllowancesRunId = "notice-allowances";

/** How long a mail of a notice is tried. */
export const noticePatienceMilliseconds = 24 * 3_600_000;
/** A sender that is silent for this long has died: another one takes the notice over. */
export const noticeLeaseMilliseconds = 15_000;
/** How many notices of one work order leave in an hour; the others come in one mail in the next hour. */
export const noticesAnHour = 20;
/** How many mails of notices an account sends in an hour, whatever they are about. They do not count against its quota. */
export const noticeMailsAnHour = 200;

const kinds = [
  ...["ended", "ceiling", "not-started", "started", "in-doubt", "paused", "quota", "stalled"],
] as const satisfies readonly NoticeKind[];

const factsSchema = z.object({
  kind: z.enum(kinds),
  status: z.string(),
  message: z.string().optional(),
  ceiling: z.string().optional(),
  counters: countersSchema.optional(),
  inDoubt: z.int().min(0).default(0),
  until: instantSchema.optional(),
  since: instantSchema.optional(),
  because: z.string().optional(),
  byHand: z.boolean().optional(),
  scheduledFor: instantSchema.optional(),
}) satisfies z.ZodType<NoticeFacts>;

const about = {
  /** Work order, run or command, and occurrence: see noticeCases.ts. */
  sk: z.string().min(1),
  workOrderId: z.string(),
  eventCode: z.string(),
  subEvent: z.string(),
  stage: z.string(),
  /** When it was decided. */
  at: instantSchema,
  /** Epoch seconds. */
  ttl: z.int(),
};

/** A notice that was decided: a notifier that finds the same occurrence later finds this item and decides nothing. Kept for 90 days. */
export const decidedNoticeSchema = z.looseObject({
  runId: z.literal(noticesRunId),
  ...about,
  facts: factsSchema,
  /** What became of its mails: `sent`, `no one` (no user or address may get it) or `failed`. Absent while they are on their way. */
  outcome: z.string().optional(),
  mails: z.int().min(0).optional(),
});
export type DecidedNotice = z.infer<typeof decidedNoticeSchema>;

/** The mails of a notice that are still to be sent. No mail addresses: they are read when a mail is made. */
export const noticeRequestSchema = z.looseObject({
  runId: z.literal(noticeRequestsRunId),
  ...about,
  facts: factsSchema,
  /** The account of the work order. */
  account: z.string(),
  /** Ids of the users it is for, besides the addresses in the settings. */
  users: z.array(z.string()),
  /** The sender that works on it, and until when it may be silent. */
  worker: z.string().optional(),
  heldUntil: instantSchema.optional(),
  /** Not before. */
  notBefore: instantSchema.optional(),
  /** It waits because its work order had its notices of this hour. */
  summed: z.boolean().default(false),
  attempts: z.int().min(0).default(0),
  /** Recipients whose mail may have begun: they get it no second time. `user:<id>` or the hash of an address. */
  begun: z.set(z.string()).default(new Set<string>()),
});
export type NoticeRequest = z.infer<typeof noticeRequestSchema>;

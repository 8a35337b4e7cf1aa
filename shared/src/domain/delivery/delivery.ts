import { z } from "zod";
import { instantSchema } from "../time.ts";

const deliveryStatuses = ["sending", "sent", "failed", "in-doubt", "deferred"] as const;

/** The mail was accepted and came back. `reply` is what the receiving server said, local parts masked; absent once it is erased. */
const bouncedSchema = z.looseObject({
  kind: z.enum(["hard", "soft"]),
  code: z.string(),
  reply: z.string().optional(),
  at: instantSchema,
});

/** The recipient marked the mail as spam. `type`: Feedback-Type (RFC 5965), as `abuse`. */
const complainedSchema = z.looseObject({ at: instantSchema, type: z.string().optional() });

/**
 * The item in Deliveries: the truth about who received what. Partition key `pk` = `<mailing key>#<shard>`
 * (Test: `<mailing key>~<runId>#<shard>`), sort key `participantId`. One item per person a run *tried* to mail.
 * `attention` (`<partition key without shard>#<status>`) is present only while failed or in-doubt: index `byAttention`.
 */
export const deliverySchema = z.looseObject({
  pk: z.string(),
  participantId: z.string(),
  status: z.enum(deliveryStatuses),
  runId: z.string(),
  claimId: z.string().optional(),
  attempt: z.int().min(1),
  contentHash: z.string(),
  workOrderId: z.string(),
  account: z.string(),
  language: z.string(),
  name: z.string(),
  email: z.string(),
  messageId: z.string().optional(),
  smtpResponse: z.string().optional(),
  smtpCode: z.int().optional(),
  permanent: z.boolean().optional(),
  sendingAt: instantSchema,
  endedAt: instantSchema.optional(),
  nextAttemptAt: instantSchema.optional(),
  attention: z.string().optional(),
  /** The user who resolved it when it was in doubt, and when: then it has no claim any more. */
  resolvedBy: z.string().optional(),
  resolvedAt: instantSchema.optional(),
  /** What came back after the server had accepted the mail; the status stays `sent`. */
  bounced: bouncedSchema.optional(),
  complained: complainedSchema.optional(),
  /** The bulk resolution it was resolved in, which can be undone. */
  resolvedIn: z.string().optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;

export const shardCount = 16;

/** True if a delivery in this status has, or may have, reached its recipient. */
export function isReached(status: Delivery["status"]): boolean {
  return status === "sent" || status === "sending" || status === "in-doubt";
}

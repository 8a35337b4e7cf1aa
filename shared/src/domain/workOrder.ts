import { z } from "zod";
import { commandSchema, judgementSchema } from "./command.ts";
import { keyPartPattern } from "./delivery/mailingKey.ts";
import { everyoneSchema } from "./delivery/mailSelection.ts";
import { sendingWindowSchema } from "./delivery/sendingWindow.ts";
import { waitingSchema } from "./delivery/waitingSchema.ts";
import { scheduledStartSchema } from "./scheduledStart.ts";
import { type StepName, stepNames, stepStatuses } from "./steps.ts";
import { instantSchema } from "./time.ts";

/** One part of a mailing key: no underscore, so that the key splits back without ambiguity. */
export const keyPartSchema = z
  .string()
  .regex(
    keyPartPattern,
    "letters, digits and hyphens only (no underscore, which separates the parts of a mailing key)",
  );

/**
 * Orders that a later release wrote are read, too: a status, a step or an action that is unknown here is kept as it is.
 * The brand makes the compiler ask for it wherever each status has its own case.
 */
const laterStatusSchema = z.string().min(1).brand<"status of a later release">();
const statusSchema = z.enum(stepStatuses).or(laterStatusSchema);
export type StepStatus = z.infer<typeof statusSchema>;

const count = z.int().min(0);

/** How many recipients a step handled, and how: `sent`, `skipped`, `failed`, `inDoubt`, `total`. */
export const countersSchema = z.object({ total: count, sent: count, skipped: count, failed: count, inDoubt: count });
export type Counters = z.infer<typeof countersSchema>;

export const zeroCounters: Counters = Object.freeze({ total: 0, sent: 0, skipped: 0, failed: 0, inDoubt: 0 });

/**
 * Counters of one language. In Send the top numbers are those of the mailing key over all runs and `thisRun` those of
 * this run alone. `reasons` (Count, Dry-Run, Send) is the number of skipped people per skip reason.
 */
const languageCountersSchema = z.object({
  ...countersSchema.shape,
  thisRun: countersSchema.optional(),
  reasons: z.record(z.string(), count).optional(),
});
export type LanguageCounters = z.infer<typeof languageCountersSchema>;

/**
 * A QA finding or a rendering error, as the manager lists it. Line and column count from 1, in the HTML of the language
 * unless `part` says otherwise. No address in `text`.
 */
export const detailSchema = z.object({
  language: z.string(),
  rule: z.string(),
  severity: z.enum(["error", "warning"]).catch("warning"),
  part: z.enum(["subject", "preview"]).optional().catch(undefined),
  line: z.int().optional(),
  column: z.int().optional(),
  text: z.string(),
});
export type Detail = z.infer<typeof detailSchema>;

export const messageLimitCharacters = 2000;
export const detailsLimit = 100;

/** `steps.<Name>` of a work order. */
const stepRecordSchema = z.looseObject({
  status: statusSchema.default("ready"),
  message: z.string().max(messageLimitCharacters).optional(),
  runId: z.string().optional(),
  attempt: z.int().min(1).optional(),
  startedAt: instantSchema.optional(),
  endedAt: instantSchema.optional(),
  counters: countersSchema.optional(),
  languages: z.record(z.string(), languageCountersSchema).optional(),
  /** Language → content hash this run uses from start to end. */
  pinned: z.record(z.string(), z.string()).optional(),
  nextRunAt: instantSchema.optional(),
  nextRunId: z.string().optional(),
  /** Why it sleeps: `quota`, `next-pass`, `retry`, `window` or `schedule`; a later release may have others. Absent: it does not sleep, or an earlier release wrote it. */
  sleepsFor: z.string().optional(),
  /** Of an end in error: which ceiling ended the run, `failures` or `confirmed`. */
  ceiling: z.string().optional(),
  /** Send, while it sleeps until a start that a user scheduled; that run will be `nextRunId`. */
  scheduled: scheduledStartSchema.optional(),
  /** The time for which the start of this run was scheduled, whether it began then or ended before it could begin. */
  scheduledFor: instantSchema.optional(),
  /** Send, while it works: whether recipients are still being found, and who waits. Absent: unknown. */
  planning: z.boolean().optional(),
  waiting: waitingSchema.optional(),
  /**
   * Send: how many mails the user confirmed at the start. It limits this run and those that continue it after a sleep for
   * quota or after trouble. Absent: no limit, as in later passes.
   */
  confirmedRecipients: count.optional(),
  /** Send: the selection of failed or waiting mails to which the run is limited; absent: everyone who is eligible. */
  selection: z.string().optional(),
  /** With `selection`: language → numbers of the last run that was for everyone, which those of this run are added to. */
  everyone: z.record(z.string(), everyoneSchema).optional(),
  /** Run id of the last complete Dry-Run. */
  resultRunId: z.string().optional(),
  details: z.array(detailSchema).max(detailsLimit).optional(),
});
export type StepRecord = z.infer<typeof stepRecordSchema>;

/** Who may write the status of the running step. `worker` is set once the job was picked up. */
const runLeaseSchema = z.looseObject({
  runId: z.string(),
  step: z.string(),
  token: z.int().min(1),
  worker: z.string().optional(),
  /** The worker that lost it for lack of heartbeats, and the last heartbeat by the clock of that worker's host. */
  lost: z.object({ worker: z.string(), heartbeatAt: instantSchema }).optional(),
});

/** A run that ended while deliveries in these partitions of the ledger may still be `sending`. `counters`: its last numbers. */
const unsettledRunSchema = z.looseObject({
  step: z.string(),
  status: statusSchema,
  endedAt: instantSchema,
  partitions: z.array(z.string()),
  counters: countersSchema.optional(),
  /** A user resolved a doubt: the step is counted again, and the audit keeps the numbers of the run's end. */
  keepsLine: z.boolean().optional(),
});
export type UnsettledRun = z.infer<typeof unsettledRunSchema>;

/** Where content came from: `parent`, `bucket`, `Mailchimp` or `folder`, the template's name, and its version in the bucket. */
const contentSourceSchema = z.object({ from: z.string(), template: z.string(), version: z.int().optional() });
export type ContentSource = z.infer<typeof contentSourceSchema>;

/** Published content of one language. `preparedAt` is the time Prepare completed with this hash. */
const preparedSchema = z.object({
  s3Key: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
  /** Absent in what an older release prepared. */
  source: contentSourceSchema.optional(),
  preparedAt: instantSchema,
});
export type Prepared = z.infer<typeof preparedSchema>;

/**
 * The order came back from a backup. `ledgerAt`: mails sent before it are in its ledger, later ones may be missing. Until
 * `released` no Send of it starts, and commands given before `at` are refused permanently.
 */
const restoredSchema = z.looseObject({
  at: instantSchema,
  ledgerAt: instantSchema,
  by: z.string(),
  released: z.object({ at: instantSchema, by: z.string(), reason: z.string() }).optional(),
});
export type Restored = z.infer<typeof restoredSchema>;

export const editLeaseSchema = z.object({ userId: z.string(), token: z.string(), expiresAt: instantSchema });

const orderIdSchema = z.string().regex(/^wo-[0-9A-HJKMNP-TV-Z]{26}$/, "wo-<ULID>");

/** True if `text` has the form of an order's id; other items of the table, as markers, have other ids. */
export function isOrderId(text: string): boolean {
  return orderIdSchema.safeParse(text).success;
}

/**
 * The record of each step of the catalogue. Those of a later release are kept unread and do not show in the type: see
 * `laterSteps`.
 */
const stepsSchema = z
  .object(Object.fromEntries(stepNames.map((name) => [name, stepRecordSchema])))
  .catchall(z.looseObject({})) as unknown as z.ZodType<
  Record<StepName, StepRecord>,
  Record<StepName, z.input<typeof stepRecordSchema>>
>;

export const missedStarts = ["ask", "start"] as const;

/** What users set on an order, and what follows from it. Each has its row in form/orderFields.ts. */
export const settingSchemas = {
  eventCode: keyPartSchema,
  subEvent: keyPartSchema,
  stage: keyPartSchema,
  languages: z.array(z.string().regex(/^[A-Z]{2}$/, "a two-letter language code")).min(1),
  subjects: z.record(z.string(), z.string()).default({}),
  previewTexts: z.record(z.string(), z.string()).default({}),
  zoomId: z
    .string()
    .regex(/^\d{9,11}$/, "9 to 11 digits")
    .optional(),
  zoomLink: z.string().optional(),
  inPerson: z.boolean().default(false),
  account: z.string().min(1),
  testers: z.array(z.string()).default([]),
  sendContinuously: z.boolean().default(false),
  sendInterval: z.int().min(60).max(86_400).default(3600),
  sendUntil: instantSchema.optional(),
  sendingWindow: sendingWindowSchema.optional(),
  /** A scheduled start that was missed by more than an hour: `ask`, as where it is absent, ends in error, `start` begins late. */
  missedStart: z.enum(missedStarts).optional().catch(undefined),
  salutationByName: z.boolean().default(true),
  regLinkPresent: z.boolean().default(false),
  revision: z.int().min(1).max(10).optional(),
  parentOrderId: z.string().optional(),
};
export type OrderSetting = keyof typeof settingSchemas;

/** The item in WorkOrders (key `id`). Unknown fields are kept. */
export const workOrderSchema = z.looseObject({
  id: orderIdSchema,
  version: z.int().min(1),
  ...settingSchemas,
  /** Every mailing key whose Send was started, oldest first: see orderMailings.ts. Absent in orders of earlier versions. */
  mailingKeys: z.array(z.string()).optional(),
  prepared: z.record(z.string(), preparedSchema).default({}),
  steps: stepsSchema,
  command: commandSchema.optional(),
  pendingCommandAt: instantSchema.optional(),
  lastCommand: judgementSchema.optional(),
  runLease: runLeaseSchema.optional(),
  /** Last fencing token given out; only grows. */
  fence: z.int().min(0).default(0),
  losses: z.int().min(0).default(0),
  /** `working`, `sleeping`, `scheduled`, or `settling` while no step runs and `unsettled` holds runs. Others belong to a later release. */
  runState: z.string().optional(),
  runCheckAt: instantSchema.optional(),
  /** Run id → what an ended run may have left `sending`. */
  unsettled: z.record(z.string(), unsettledRunSchema).optional(),
  /** The worker that settles it, once one has picked that up. */
  settler: z.string().optional(),
  editLease: editLeaseSchema.optional(),
  restored: restoredSchema.optional(),
  createdBy: z.string(),
  createdAt: instantSchema,
  updatedBy: z.string(),
  updatedAt: instantSchema,
  archived: z.boolean().default(false),
  archivedAt: instantSchema.optional(),
  archivedBy: z.string().optional(),
});
export type WorkOrder = z.infer<typeof workOrderSchema>;

/** All five steps untouched, as a new order carries them: updates set paths below `steps.<Name>`, so each must exist. */
export function readySteps(): Record<StepName, StepRecord> {
  const records = stepNames.map((name) => [name, { status: "ready" as const }]);
  return Object.fromEntries(records) as Record<StepName, StepRecord>;
}

/** Id of the uniqueness marker that holds {workOrderId} for one event, sub-event and stage. */
export function markerId(order: Pick<WorkOrder, "eventCode" | "subEvent" | "stage">): string {
  return `key#${order.eventCode}_${order.subEvent}_${order.stage}`;
}

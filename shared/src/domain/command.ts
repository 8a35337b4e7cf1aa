import { z } from "zod";
import { instantSchema } from "./time.ts";

/**
 * `schedule`: a start at a later time; `retry`: a start for a selection of mails. They are no fields of `start`, so that a
 * release without them refuses them and sends nothing.
 */
export const actions = ["start", "stop", "schedule", "retry"] as const;
export type Action = (typeof actions)[number];

/** What a command asks, on the order and in the message to ingest. `step` and `action` are free text: ingest judges unknown ones. */
export const commandFields = {
  step: z.string().min(1),
  action: z.string().min(1),
  requestedBy: z.string().min(1),
  requestedAt: instantSchema,
  /** Start of Send: the number of mails the user was shown and confirmed; absent if the user was not asked. */
  confirmedRecipients: z.int().min(0).optional(),
  /** `schedule`: when Send is to start. */
  startAt: instantSchema.optional(),
  /** `retry`: the selection of mails that are sent again. */
  selection: z.string().optional(),
  /** W3C trace context of the request; only where traces are collected. */
  traceparent: z.string().optional(),
};

/** The latest user command; only the manager writes it. */
export const commandSchema = z.looseObject({ id: z.ulid(), ...commandFields });
export type Command = z.infer<typeof commandSchema>;

/** The latest judgement of a command; only ingest writes it. `runId` is the run started or stopped. */
export const judgementSchema = z.looseObject({
  id: z.string(),
  step: z.string(),
  action: z.string(),
  /** `accepted`, `ignored` or `rejected`. */
  outcome: z.string(),
  reason: z.string().optional(),
  runId: z.string().optional(),
  /** `schedule`: when Send starts, and when it was to start before. */
  startAt: instantSchema.optional(),
  movedFrom: instantSchema.optional(),
  at: instantSchema,
});
export type Judgement = z.infer<typeof judgementSchema>;

import { z } from "zod";
import { instantSchema } from "../time.ts";

/**
 * A request of the Email Manager to the senders, which alone know SMTP and Redis: to check an account, to send a trial mail, or
 * to say whether the account is paused. It is an item in Runs, under one run id for all; the sort key is a ULID, so that a
 * sender reads the newest few only.
 */
export const accountRequestsRunId = "account-requests";

/** `unchecked`: it cannot be known from here, and the text says why. */
const lineVerdicts = ["pass", "warn", "fail", "unchecked"] as const;

/** One line of a report. No secrets, no addresses of people. */
const accountLineSchema = z.object({
  /** What was checked, as `certificate`. */
  id: z.string(),
  title: z.string(),
  verdict: z.enum(lineVerdicts),
  text: z.string(),
  /** The sentence that repairs it. */
  repair: z.string().optional(),
});
export type AccountLine = z.infer<typeof accountLineSchema>;

const kinds = ["check", "trial", "state"] as const;

/** How the account is paused by the senders themselves (circuit breaker). Absent: it is not. */
const accountPauseSchema = z.object({ until: instantSchema, because: z.string() });

export const accountRequestSchema = z.looseObject({
  runId: z.literal(accountRequestsRunId),
  sk: z.ulid(),
  kind: z.enum(kinds),
  account: z.string().min(1),
  /** A user id. */
  by: z.string(),
  at: instantSchema,
  /** Of a trial mail; removed once the request is done. */
  to: z.string().optional(),
  status: z.enum(["asked", "working", "done"]),
  /** The sender that works on it, and until when it may be silent. */
  worker: z.string().optional(),
  heldUntil: instantSchema.optional(),
  /** How many senders have begun it. */
  attempts: z.int().min(0).default(0),
  /** Of a trial mail: its message may have begun. A sender that takes over sends it no second time. */
  begun: z.boolean().default(false),
  lines: z.array(accountLineSchema).default([]),
  pause: accountPauseSchema.optional(),
  /** Epoch seconds. */
  ttl: z.int(),
});
export type AccountRequest = z.infer<typeof accountRequestSchema>;
export type AccountRequestKind = AccountRequest["kind"];

/** A request that no sender has taken for this long is void: its browser has long given up. */
export const requestAgeMilliseconds = 10 * 60_000;
/** A sender that is silent for this long has died: another one takes the request over. */
export const requestLeaseMilliseconds = 10_000;
/** After so many senders died of one request no other one begins it. */
export const requestAttempts = 3;

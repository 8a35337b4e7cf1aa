import { z } from "zod";
import { instantSchema } from "../time.ts";
import { countersSchema } from "../workOrder.ts";

const commandData = z.object({
  step: z.string(),
  action: z.string(),
  outcome: z.string(),
  requestedAt: instantSchema,
  confirmedRecipients: z.int().optional(),
  selection: z.string().optional(),
  reason: z.string().optional(),
  runId: z.string().optional(),
  /** `schedule`: when Send starts, and when it was to start before. */
  startAt: instantSchema.optional(),
  movedFrom: instantSchema.optional(),
});
const runEndData = z.object({
  step: z.string(),
  status: z.string(),
  counters: countersSchema.optional(),
  /** Of a scheduled start that did not begin. */
  reason: z.string().optional(),
});
const deletedData = z.object({
  workOrderId: z.string(),
  eventCode: z.string(),
  subEvent: z.string(),
  stage: z.string(),
  revision: z.int().optional(),
});
const resolvedData = z.object({
  participantId: z.string(),
  language: z.string(),
  /** Of an earlier mailing of the order. */
  mailing: z.string().optional(),
  status: z.enum(["sent", "deferred"]),
  claimId: z.string(),
  runId: z.string().optional(),
  /** In a bulk resolution, whose lines are kept under the person: its id, and the order. */
  bulk: z.string().optional(),
  order: z.string().optional(),
});
/** `reason` in the user's words; `filter`: which mails it was asked for. */
const resolvedManyData = z.object({
  bulk: z.string(),
  status: z.enum(["sent", "deferred"]),
  mails: z.int(),
  reason: z.string(),
  mailing: z.string().optional(),
  filter: z.record(z.string(), z.string()).optional(),
});

/** An item of the settings; `fields`: the names of those that differ, never their values. */
const configuredData = z.object({
  kind: z.string(),
  key: z.string(),
  version: z.int(),
  change: z.enum(["added", "changed", "removed"]),
  fields: z.array(z.string()).readonly(),
  reason: z.string().optional(),
});
const linkData = z.object({ participantId: z.string(), mailingKey: z.string(), runId: z.string().optional() });

/** Fields of a person that a user may change. */
export const personChangeNames = ["address corrected", "unsubscribed", "resubscribed", "suppression lifted"] as const;

/** `reason` in the user's words. `bulk`: the change was one of many; the line of the whole has the same. */
const personChangeData = z.object({
  participantId: z.string(),
  change: z.enum(personChangeNames),
  reason: z.string(),
  bulk: z.string().optional(),
});
/** A change of many people, under `people`. `filter`: whom it was asked for. */
const manyLiftedData = z.object({
  bulk: z.string(),
  change: z.enum(personChangeNames),
  reason: z.string(),
  people: z.int(),
  filter: z.record(z.string(), z.string()).optional(),
});

function act<Kind extends string, Data extends z.ZodType>(what: Kind, data: Data) {
  return z.object({ what: z.literal(what), data });
}

const importedData = z.object({
  importId: z.string(),
  fileName: z.string(),
  /** Rows, as the dry run counted them. */
  added: z.int(),
  changed: z.int(),
  refused: z.int(),
});

const userActs = [
  /** Field of the order → its new value. `reset`: the steps set back to ready. */
  act(
    "edited",
    z.object({
      changed: z.record(z.string(), z.unknown()),
      reset: z.array(z.string()).readonly().optional(),
      /** The mailing key before, without language, if the edit changed it. Lists of earlier Tests are found by it. */
      mailing: z.string().optional(),
    }),
  ),
  /** The order was created as a copy of another. */
  act("copied", z.object({ from: z.string() })),
  act("archived", z.undefined().optional()),
  act("restored", z.undefined().optional()),
  /** `from`: id of the user who held the edit lease. */
  act("took over editing", z.object({ from: z.string().optional() })),
  act("deleted", deletedData),
  act("resolved", resolvedData),
  act("resolved many", resolvedManyData),
  act("undid resolutions", resolvedManyData.pick({ bulk: true, mails: true })),
  act("configured", configuredData),
  /** A check of an account, or a trial mail with it; not to whom. */
  act("tried account", z.object({ account: z.string(), kind: z.enum(["check", "trial"]) })),
  /** Under `person-<id>`, as the next one. */
  act("person changed", personChangeData),
  act("forgotten", z.object({ participantId: z.string(), reason: z.string() })),
  act("people changed", manyLiftedData),
  act("reset by settings", z.object({ kind: z.string(), key: z.string(), reset: z.array(z.string()).readonly() })),
  /** By the person, with the link of a mail. */
  act("unsubscribed", linkData),
  act("resubscribed", linkData),
  /** The person marked a mail as spam. `type`: Feedback-Type (RFC 5965), as `abuse`. */
  act("complained", linkData.extend({ type: z.string().optional() })),
  /** A report of returned mail that names no mail of ours. */
  act("dismissed report", z.object({ report: z.string(), kind: z.string(), why: z.string() })),
  act("imported people", importedData),
  act("stopped an import", importedData.pick({ importId: true, fileName: true })),
  act("undid an import", importedData.pick({ importId: true, fileName: true })),
  act("exported people", z.object({ columns: z.array(z.string()) })),
  /** Tables were filled from a backup; `ledgerAt`: mails sent before it are in the ledger. */
  act("restored tables", z.object({ ledgerAt: instantSchema, tables: z.array(z.string()), items: z.int() })),
  act("restored from backup", z.object({ ledgerAt: instantSchema })),
  /** Mails that the log of a mail server names, and the restored ledger lacked. */
  act("recorded as sent", z.object({ mails: z.int() })),
  act("released after restore", z.object({ reason: z.string() })),
  /** By the command line. `from`: the user or worker who had it. */
  act("lease released", z.object({ kind: z.enum(["edit", "run"]), from: z.string().optional() })),
  act("dead letters", z.object({ queue: z.string(), change: z.enum(["redriven", "dropped"]), messages: z.int() })),
] as const;
const userActSchema = z.discriminatedUnion("what", userActs);
const auditActSchema = z.discriminatedUnion("what", [
  act("command", commandData),
  act("run ended", runEndData),
  /** A scheduled start became a run. */
  act("scheduled start", z.object({ step: z.string(), runId: z.string(), startAt: instantSchema })),
  ...userActs,
]);

export type UserAct = z.infer<typeof userActSchema>;

/** What a line of Audit records: `what` names the kind, `data` holds its fields. The words are made where it is shown. */
export type AuditAct = z.infer<typeof auditActSchema>;

/** The act of a line of Audit; undefined if `what` is a sentence of an earlier release, or a kind of a later one. */
export function auditAct(line: { readonly what: string; readonly data?: unknown }): AuditAct | undefined {
  return auditActSchema.safeParse(line).data;
}

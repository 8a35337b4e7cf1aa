import { z } from "zod";
import type { Command, Judgement } from "../command.ts";
import { maskAddresses } from "../recipients/address.ts";
import { terminalStatuses } from "../steps.ts";
import { instant, instantSchema } from "../time.ts";
import { type Counters, countersSchema, type StepStatus } from "../workOrder.ts";
import type { AuditAct, UserAct } from "./auditActs.ts";
import type { LeaseClaim } from "./runWrites.ts";

const terminal: readonly StepStatus[] = terminalStatuses;

/**
 * A line of Audit: append-only, put if absent; only the numbers of a run's end are settled after it. `sk`:
 * `C#<commandId>`, `E#<runId>#<step>` or `U#<time>#<ulid>`. `what` and `data` are an AuditAct, or a sentence in lines
 * that an earlier release wrote. No addresses, no secrets.
 */
export const auditLineSchema = z.object({
  workOrderId: z.string().min(1),
  sk: z.string().regex(/^[CEU]#.+$/, "C#<commandId>, E#<runId>#<step> or U#<time>#<ulid>"),
  at: instantSchema,
  by: z.string().optional(),
  what: z.string().min(1),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type AuditLine = Readonly<z.infer<typeof auditLineSchema>>;

function lineOf(line: Pick<AuditLine, "workOrderId" | "sk" | "at" | "by">, { what, data }: AuditAct): AuditLine {
  return { ...line, what, ...(data && { data }) };
}

/** `E#<runId>#<step>`: how a run ended. Undefined for a status that ends nothing. */
export function runEndLine(
  workOrderId: string,
  { runId, step }: Pick<LeaseClaim, "runId" | "step">,
  status: StepStatus,
  counters: Counters | undefined,
  now: number,
  reason?: string,
): AuditLine | undefined {
  if (!terminal.includes(status)) return undefined;
  const data = { step, status, ...(counters && { counters }), ...(reason && { reason }) };
  return lineOf({ workOrderId, sk: `E#${runId}#${step}`, at: instant(now) }, { what: "run ended", data });
}

/** `U#<time>#<runId>`, without a user: a scheduled start became a run. `startAt`: when it was to begin. */
export function scheduledStartLine(
  workOrderId: string,
  { runId, step }: Pick<LeaseClaim, "runId" | "step">,
  startAt: string,
  now: number,
): AuditLine {
  const at = instant(now);
  return lineOf(
    { workOrderId, sk: `U#${at}#${runId}`, at },
    { what: "scheduled start", data: { step, runId, startAt } },
  );
}

export function commandLineKey(commandId: string): string {
  return `C#${commandId}`;
}

/** `C#<commandId>`: the outcome of a command. Once it is there, the command is done and never judged again. */
export function commandLine(workOrderId: string, command: Command, judgement: Judgement): AuditLine {
  const { step, action, requestedAt, confirmedRecipients, selection } = command;
  const { outcome, reason, runId, startAt = command.startAt, movedFrom } = judgement;
  const data = {
    ...{ step, action, outcome, requestedAt },
    ...(confirmedRecipients !== undefined && { confirmedRecipients }),
    ...(selection !== undefined && { selection }),
    ...(reason && { reason }),
    ...(runId && { runId }),
    ...(startAt && { startAt }),
    ...(movedFrom && { movedFrom }),
  };
  const line = { workOrderId, sk: commandLineKey(command.id), at: judgement.at, by: command.requestedBy };
  return lineOf(line, { what: "command", data });
}

/** Under which the lines about a person are kept, in the place of an order's id. */
export function personLines(participantId: string): string {
  return `person-${participantId}`;
}

/** Under which the lines about many people at a time are kept. */
export const manyPeopleLines = "people";

/** `workOrderId` is `-` for what outlives the order, `config` for what is about the settings; `by` is a user id, or `participant <id>`. */
type UserDid = UserAct & Readonly<{ workOrderId: string; by: string }>;

const textLimitCharacters = 300;

/**
 * `U#<time>#<ulid>`: edits, archiving, deletions, lease take-overs, resolutions. `id` is a new ULID; `now` epoch
 * milliseconds. Addresses in texts are masked and long texts cut; the caller leaves secrets out.
 */
export function userLine({ workOrderId, by, ...done }: UserDid, id: string, now: number): AuditLine {
  const at = instant(now);
  return lineOf({ workOrderId, sk: `U#${at}#${id}`, at, by }, { ...done, data: harmless(done.data) } as AuditAct);
}

function harmless(value: unknown): unknown {
  if (typeof value === "string") {
    const masked = maskAddresses(value);
    return masked.length <= textLimitCharacters ? masked : `${masked.slice(0, textLimitCharacters - 1)}…`;
  }
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, harmless(inner)]));
}

/** The run and the step of a line about the end of a run; undefined for all other lines. */
export function endedRun({ sk }: Pick<AuditLine, "sk">): { readonly runId: string; readonly step: string } | undefined {
  const [, runId, step] = /^E#(.+)#([^#]+)$/.exec(sk) ?? [];
  return runId === undefined || step === undefined ? undefined : { runId, step };
}

/** True for the end of a Send that had tried to mail anyone; one that ended before it began has no counters. */
export function hasMailed(line: AuditLine): boolean {
  if (endedRun(line)?.step !== "Send") return false;
  const counters = countersSchema.safeParse(line.data?.["counters"]);
  if (!counters.success) return false;
  const { sent, failed, inDoubt } = counters.data;
  return sent + failed + inDoubt > 0;
}

import { z } from "zod";
import { instant, instantSchema } from "../time.ts";
import { type Command, type Counters, countersSchema, type Judgement, type StepStatus } from "../workOrder.ts";
import type { LeaseClaim } from "./runWrites.ts";

const terminal: readonly StepStatus[] = ["complete", "error", "interrupted", "exception"];

/** A line of Audit: append-only, put if absent; only the numbers of a run's end are settled after it. `sk`: `C#<commandId>`, `E#<runId>#<step>` or `U#<time>#<ulid>`. No addresses, no secrets. */
export const auditLineSchema = z.object({
  workOrderId: z.string().min(1),
  sk: z.string().regex(/^[CEU]#.+$/, "C#<commandId>, E#<runId>#<step> or U#<time>#<ulid>"),
  at: instantSchema,
  by: z.string().optional(),
  what: z.string().min(1),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type AuditLine = Readonly<z.infer<typeof auditLineSchema>>;

/** `E#<runId>#<step>`: how a run ended. Undefined for a status that ends nothing. */
export function runEndLine(
  workOrderId: string,
  { runId, step }: Pick<LeaseClaim, "runId" | "step">,
  status: StepStatus,
  counters: Counters | undefined,
  now: number,
): AuditLine | undefined {
  if (!terminal.includes(status)) return undefined;
  const sk = `E#${runId}#${step}`;
  return { workOrderId, sk, at: instant(now), what: `${step} ${status}`, ...(counters && { data: { counters } }) };
}

export function commandLineKey(commandId: string): string {
  return `C#${commandId}`;
}

/** `C#<commandId>`: what became of a command. Its presence means that the command is over for good. */
export function commandLine(workOrderId: string, command: Command, judgement: Judgement): AuditLine {
  const { outcome, reason, runId } = judgement;
  const { requestedAt, confirmedRecipients } = command;
  return {
    workOrderId,
    sk: commandLineKey(command.id),
    at: judgement.at,
    by: command.requestedBy,
    what: `${command.action} ${command.step}: ${outcome}`,
    data: {
      ...{ outcome, requestedAt },
      ...(confirmedRecipients !== undefined && { confirmedRecipients }),
      ...(reason && { reason }),
      ...(runId && { runId }),
    },
  };
}

/** The run whose end the line of a Send tells; undefined for all other lines. */
export function sendRunOf({ sk }: Pick<AuditLine, "sk">): string | undefined {
  return /^E#(.+)#Send$/.exec(sk)?.[1];
}

/** True for the end of a Send that had tried to mail anybody; one that ended before it began has no counters. */
export function hasMailed(line: AuditLine): boolean {
  if (sendRunOf(line) === undefined) return false;
  const counters = countersSchema.safeParse(line.data?.["counters"]);
  if (!counters.success) return false;
  const { sent, failed, inDoubt } = counters.data;
  return sent + failed + inDoubt > 0;
}

import type { AuditLine } from "@email-agent/shared/adapters/audit.ts";
import { fieldTitle, orderSettings } from "@email-agent/shared/domain/form/orderFields.ts";
import { type AuditAct, auditAct, type personChangeNames } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { endedRun } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { isStepName, stepNamed } from "@email-agent/shared/domain/steps.ts";
import { type Counters, countersSchema } from "@email-agent/shared/domain/workOrder.ts";
import { z } from "zod";
import type { HistoryLine } from "../../api/sending.ts";

const kinds: Readonly<Record<string, HistoryLine["kind"]>> = { C: "command", E: "end", U: "edit" };

/** A line of Audit as the history shows it. `nameOf`: the name of a user id. */
export function historyLine(line: AuditLine, nameOf: (id: string) => string): HistoryLine {
  return {
    id: line.sk,
    at: line.at,
    ...(line.by && { by: nameOf(line.by) }),
    kind: kinds[line.sk[0] ?? ""] ?? "edit",
    what: whatHappened(line),
    details: detailsOf(line),
  };
}

/** What happened, in words, to be followed by "by" and a name. A sentence of an earlier release is shown as it is. */
export function whatHappened(line: AuditLine): string {
  const act = auditAct(line);
  return act ? wordsOf(act) : line.what;
}

const endWords: Readonly<Record<string, string>> = {
  complete: "was completed",
  error: "ended in an error",
  interrupted: "was interrupted",
  exception: "broke off unexpectedly",
};

const personChangeWords: Readonly<Record<(typeof personChangeNames)[number], string>> = {
  "address corrected": "Corrected the address",
  unsubscribed: "Unsubscribed the person",
  resubscribed: "Subscribed the person again",
  "suppression lifted": "Lifted the suppression",
};

function wordsOf(act: AuditAct): string {
  switch (act.what) {
    case "command":
      return commandWords(act.data);
    case "run ended":
      return `${act.data.step} ${endWords[act.data.status] ?? `ended: ${act.data.status}`}`;
    case "scheduled start":
      return `${act.data.step} started as scheduled for ${act.data.startAt}`;
    case "edited":
      return `Edited ${fieldTitles(act.data.changed).join(", ")}`;
    case "copied":
      return `Created as a copy of ${act.data.from}`;
    case "archived":
      return "Archived";
    case "restored":
      return "Restored";
    case "took over editing":
      return "Took over the editing";
    case "deleted":
      return `Deleted ${act.data.workOrderId}`;
    case "resolved":
      return `Resolved a mail in doubt: it was ${act.data.status === "sent" ? "received" : "not received"}`;
    case "resolved many":
      return `Resolved ${counted(act.data.mails, "mail", "mails")} in doubt: ${act.data.status === "sent" ? "received" : "not received"}`;
    case "undid resolutions":
      return `Set ${counted(act.data.mails, "mail", "mails")} back to in doubt`;
    case "configured":
      return `${changeWords[act.data.change]} the ${act.data.kind} ${act.data.key}`;
    case "tried account":
      return act.data.kind === "check"
        ? `Checked the account ${act.data.account}`
        : `Sent a trial mail with the account ${act.data.account}`;
    case "person changed":
      return personChangeWords[act.data.change];
    case "forgotten":
      return "Forgot the person: name, address and replies were erased";
    case "people changed":
      return `${personChangeWords[act.data.change]} for ${count(act.data.people)} people`;
    case "reset by settings":
      return `Set back steps by a change of the ${act.data.kind} ${act.data.key}`;
    case "unsubscribed":
      return "Unsubscribed";
    case "resubscribed":
      return "Subscribed again";
    case "complained":
      return "Marked a mail as spam, and is unsubscribed";
    case "dismissed report":
      return `Dismissed a report of returned mail (${act.data.kind})`;
    case "imported people":
      return `Imported people from ${act.data.fileName}: ${count(act.data.added)} new, ${count(act.data.changed)} changed`;
    case "stopped an import":
      return `Stopped the import of ${act.data.fileName}`;
    case "undid an import":
      return `Undid the import of ${act.data.fileName}`;
    case "exported people":
      return "Exported all people";
    case "restored tables":
      return `Restored ${act.data.tables.length} tables from a backup`;
    case "restored from backup":
      return `Restored from a backup whose ledger ends at ${act.data.ledgerAt}; Send is held until it is released`;
    case "recorded as sent":
      return `Recorded ${count(act.data.mails)} mails as sent, by the log of a mail server`;
    case "released after restore":
      return "Released Send after the restore";
    case "lease released":
      return act.data.kind === "edit" ? "Released the edit lease" : "Released the lease of a run";
    case "dead letters":
      return `${act.data.change === "redriven" ? "Sent back" : "Deleted"} ${count(act.data.messages)} dead letters`;
  }
}

const changeWords = { added: "Added", changed: "Changed", removed: "Removed" } as const;

/** In the order of the form: the table does not keep that of a map. */
function fieldTitles(changed: Readonly<Record<string, unknown>>): string[] {
  const known: readonly string[] = orderSettings.filter((field) => field in changed);
  return [...known, ...Object.keys(changed).filter((field) => !known.includes(field))].map(fieldTitle);
}

const actions: Readonly<Record<string, { readonly done: string; readonly tried: string }>> = {
  start: { done: "Started", tried: "Tried to start" },
  stop: { done: "Stopped", tried: "Tried to stop" },
  retry: { done: "Sent a selection again with", tried: "Tried to send a selection again with" },
  schedule: { done: "Scheduled", tried: "Tried to schedule" },
};

function commandWords({
  action,
  step,
  outcome,
  startAt,
  movedFrom,
}: Extract<AuditAct, { what: "command" }>["data"]): string {
  const words = actions[action];
  if (!words) return `${action} ${step}: ${outcome}`;
  const when =
    startAt === undefined ? "" : movedFrom === undefined ? ` for ${startAt}` : ` from ${movedFrom} to ${startAt}`;
  const done = movedFrom === undefined ? words.done : "Moved the start of";
  return `${outcome === "accepted" ? done : words.tried} ${step}${when}`;
}

/** The fields of `data` that are shown below a line, whatever its kind; earlier releases wrote them, too. */
const detailSchema = z.object({
  reason: z.string().optional().catch(undefined),
  counters: countersSchema.optional().catch(undefined),
  reset: z.array(z.string()).catch([]),
});

function detailsOf(line: AuditLine): string[] {
  const { reason, counters, reset } = detailSchema.parse(line.data ?? {});
  return [
    ...(reason ? [reason] : []),
    ...(counters ? [countWords(endedRun(line)?.step, counters)] : []),
    ...(reset.length > 0 ? [`Back to ready: ${reset.join(", ")}`] : []),
  ];
}

function countWords(step: string | undefined, counters: Counters): string {
  const { sent = "sent" } = step !== undefined && isStepName(step) ? stepNamed(step).numbers : {};
  const words = [
    ["sent", sent],
    ["failed", "failed"],
    ["inDoubt", "in doubt"],
    ["skipped", "skipped"],
  ] as const;
  return words
    .filter(([field]) => field === "sent" || counters[field] > 0)
    .map(([field, word]) => `${count(counters[field])} ${word}`)
    .join(", ");
}

import type { AuditLine } from "@email-agent/shared/adapters/audit.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { countersSchema } from "@email-agent/shared/domain/workOrder.ts";
import type { HistoryLine } from "../../api/sending.ts";

const kinds: Readonly<Record<string, HistoryLine["kind"]>> = { C: "command", E: "end", U: "edit" };

const commandWords: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  start: { accepted: "Started", ignored: "Tried to start", rejected: "Tried to start" },
  stop: { accepted: "Stopped", ignored: "Tried to stop", rejected: "Tried to stop" },
};

const endWords: Readonly<Record<string, string>> = {
  complete: "was completed",
  error: "ended in an error",
  interrupted: "was interrupted",
  exception: "broke off unexpectedly",
};

/** One line of Audit in plain words. `nameOf`: the name of a user id. */
export function historyLine(line: AuditLine, nameOf: (id: string) => string): HistoryLine {
  return {
    id: line.sk,
    at: line.at,
    ...(line.by && { by: nameOf(line.by) }),
    kind: kinds[line.sk[0] ?? ""] ?? "edit",
    ...wordsOf(line),
  };
}

/** What happened, and what there is to say about it. */
export function wordsOf({ sk, what, data = {} }: AuditLine): Pick<HistoryLine, "what" | "details"> {
  if (sk.startsWith("C#")) return commandLine(what, data);
  if (sk.startsWith("E#")) return endLine(what, data);
  return { what, details: resetDetails(data) };
}

function commandLine(what: string, data: Readonly<Record<string, unknown>>) {
  const [, action = "", step = "", outcome = ""] = /^(\S+) (.+): (\w+)$/.exec(what) ?? [];
  const words = commandWords[action]?.[outcome];
  const reason = typeof data["reason"] === "string" ? [data["reason"]] : [];
  return { what: words ? `${words} ${step}` : what, details: reason };
}

function endLine(what: string, data: Readonly<Record<string, unknown>>) {
  const [, step = "", status = ""] = /^(.+) (\S+)$/.exec(what) ?? [];
  const words = endWords[status];
  const counters = countersSchema.safeParse(data["counters"]);
  return {
    what: words ? `${step} ${words}` : what,
    details: counters.success ? countDetails(step, counters.data) : [],
  };
}

function countDetails(step: string, counters: Readonly<Record<string, number>>): string[] {
  const sent = step === "Count" || step === "Dry-Run" ? "would be sent" : step === "Prepare" ? "published" : "sent";
  const told = [
    ["sent", sent],
    ["failed", "failed"],
    ["inDoubt", "in doubt"],
    ["skipped", "skipped"],
  ] as const;
  const parts = told
    .filter(([field]) => field === "sent" || (counters[field] ?? 0) > 0)
    .map(([field, word]) => `${count(counters[field] ?? 0)} ${word}`);
  return [parts.join(", ")];
}

function resetDetails(data: Readonly<Record<string, unknown>>): string[] {
  const { reset } = data;
  return Array.isArray(reset) && reset.length > 0 ? [`Back to ready: ${reset.join(", ")}`] : [];
}

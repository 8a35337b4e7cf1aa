import type { AuditLine } from "@email-agent/shared/adapters/audit.ts";
import type { UserAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { commandLine, runEndLine, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { historyLine } from "./auditWords.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const at = "2026-03-01T12:00:00.000Z";
const names: Readonly<Record<string, string>> = { anna: "Anna Writer" };
const shown = (line: AuditLine) => historyLine(line, (id) => names[id] ?? id);
const command = { id: ulid(), step: "Send", action: "start", requestedBy: "anna", requestedAt: at } as const;

test("a command is shown with the user who gave it, and with the reason if it was refused", () => {
  const judgement = { ...command, outcome: "accepted", at } as const;
  expect(shown(commandLine("wo-1", command, judgement))).toEqual({
    id: `C#${command.id}`,
    at,
    by: "Anna Writer",
    kind: "command",
    what: "Started Send",
    details: [],
  });
  const stop = { ...command, action: "stop" } as const;
  const ignored = { ...stop, outcome: "ignored", at, reason: "Send is ready: there is nothing to stop." } as const;
  expect(shown(commandLine("wo-1", stop, ignored))).toMatchObject({
    what: "Tried to stop Send",
    details: ["Send is ready: there is nothing to stop."],
  });
  const later = { ...command, action: "pause", outcome: "rejected", at } as const;
  expect(shown(commandLine("wo-1", later, later))).toMatchObject({ what: "pause Send: rejected" });
});

test("the end of a run is shown with its numbers and without a user", () => {
  const counters = { total: 1250, sent: 1234, skipped: 0, failed: 14, inDoubt: 2 };
  const line = runEndLine("wo-1", { runId: ulid(), step: "Send" }, "complete", counters, now) as AuditLine;
  expect(line).toMatchObject({ what: "run ended", data: { step: "Send", status: "complete", counters } });
  expect(shown(line)).toMatchObject({ kind: "end", what: "Send was completed" });
  expect(shown(line).details).toEqual(["1,234 sent, 14 failed, 2 in doubt"]);
  expect(shown(line)).not.toHaveProperty("by");
  const counted = runEndLine("wo-1", { runId: ulid(), step: "Dry-Run" }, "error", counters, now) as AuditLine;
  expect(shown(counted)).toMatchObject({
    what: "Dry-Run ended in an error",
    details: ["1,234 would be mailed, 14 failed, 2 in doubt"],
  });
});

const participant = { participantId: "p-1", mailingKey: "E2026_main_reg_EN" };
const doubt = { participantId: "p-1", language: "EN", claimId: "c" };
const acts: readonly [words: string, act: UserAct, details?: readonly string[]][] = [
  [
    "Edited Zoom ID, testers",
    { what: "edited", data: { changed: { zoomId: "1", testers: [] }, reset: ["Prepare", "Test"] } },
    ["Back to ready: Prepare, Test"],
  ],
  ["Archived", { what: "archived" }],
  ["Restored", { what: "restored" }],
  ["Took over the editing", { what: "took over editing", data: { from: "ben" } }],
  ["Resolved a mail in doubt: it was received", { what: "resolved", data: { ...doubt, status: "sent" } }],
  ["Resolved a mail in doubt: it was not received", { what: "resolved", data: { ...doubt, status: "deferred" } }],
  ["Unsubscribed", { what: "unsubscribed", data: participant }],
];

test.each(acts)("what a user did is stored as fields and shown as: %s", (words, act, details = []) => {
  const line = userLine({ workOrderId: "wo-1", by: "anna", ...act }, ulid(), now);
  expect(JSON.stringify(line)).not.toContain(words);
  expect(shown(line)).toMatchObject({ by: "Anna Writer", kind: "edit", what: words, details });
});

const counters = { total: 9, sent: 7, skipped: 2, failed: 0, inDoubt: 0 };
const sentences: readonly [line: Pick<AuditLine, "sk" | "what" | "data">, details: readonly string[]][] = [
  [{ sk: `C#${ulid()}`, what: "start Send: accepted", data: { outcome: "accepted" } }, []],
  [{ sk: `C#${ulid()}`, what: "stop Send: ignored", data: { reason: "Nothing to stop." } }, ["Nothing to stop."]],
  [{ sk: `E#${ulid()}#Dry-Run`, what: "Dry-Run complete", data: { counters } }, ["7 would be mailed, 2 skipped"]],
  [{ sk: `U#${at}#1`, what: "Edited stage", data: { reset: ["Count"] } }, ["Back to ready: Count"]],
  [{ sk: `U#${at}#2`, what: "Archived" }, []],
  [{ sk: `U#${at}#3`, what: "edited", data: { changed: "in a form that is not known" } }, []],
];

test.each(sentences)("a line of another release is shown as it was written: %j", (line, details) => {
  expect(shown({ workOrderId: "wo-1", at, ...line })).toMatchObject({ what: line.what, details });
});

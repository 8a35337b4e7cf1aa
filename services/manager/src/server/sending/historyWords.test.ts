import type { AuditLine } from "@email-agent/shared/adapters/audit.ts";
import { commandLine, runEndLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/userLines.ts";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { historyLine } from "./historyWords.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const at = "2026-03-01T12:00:00.000Z";
const names: Readonly<Record<string, string>> = { anna: "Anna Writer" };
const told = (line: AuditLine) => historyLine(line, (id) => names[id] ?? id);
const command = { id: ulid(), step: "Send", action: "start", requestedBy: "anna", requestedAt: at } as const;

test("a command tells who gave it, and why if it was refused", () => {
  const judgement = { ...command, outcome: "accepted", at } as const;
  expect(told(commandLine("wo-1", command, judgement))).toEqual({
    id: `C#${command.id}`,
    at,
    by: "Anna Writer",
    kind: "command",
    what: "Started Send",
    details: [],
  });
  const stop = { ...command, action: "stop" } as const;
  const ignored = { ...stop, outcome: "ignored", at, reason: "Send is ready: there is nothing to stop." } as const;
  expect(told(commandLine("wo-1", stop, ignored))).toMatchObject({
    what: "Tried to stop Send",
    details: ["Send is ready: there is nothing to stop."],
  });
});

test("the end of a run tells its numbers and names nobody", () => {
  const counters = { total: 1250, sent: 1234, skipped: 0, failed: 14, inDoubt: 2 };
  const line = runEndLine("wo-1", { runId: ulid(), step: "Send" }, "complete", counters, now) as AuditLine;
  const shown = told(line);
  expect(shown).toMatchObject({ kind: "end", what: "Send was completed" });
  expect(shown.details).toEqual(["1,234 sent, 14 failed, 2 in doubt"]);
  expect(shown).not.toHaveProperty("by");
  const counted = runEndLine("wo-1", { runId: ulid(), step: "Dry-Run" }, "error", counters, now) as AuditLine;
  expect(told(counted)).toMatchObject({
    what: "Dry-Run ended in an error",
    details: ["1,234 would be sent, 14 failed, 2 in doubt"],
  });
});

test("what a user did is shown as it was written, with the steps it set back", () => {
  const data = { reset: ["Prepare", "Test"] };
  const line = userLine({ workOrderId: "wo-1", by: "anna", what: "Edited Zoom ID, testers", data }, ulid(), now);
  expect(told(line)).toMatchObject({
    kind: "edit",
    what: "Edited Zoom ID, testers",
    details: ["Back to ready: Prepare, Test"],
  });
});

test("a line of a kind nobody foresaw is shown as it was written", () => {
  const line = { workOrderId: "wo-1", sk: `C#${ulid()}`, at, what: "paused something" };
  expect(told(line)).toMatchObject({ what: "paused something", details: [] });
});

import { expect, test } from "vitest";
import { applyOrderWrite } from "../../../testing/applyOrderWrite.ts";
import { anOrder } from "../../../testing/builders.ts";
import { instant } from "../time.ts";
import { hasMailed, userLine } from "./auditLines.ts";
import { runningStep } from "./busyStep.ts";
import { endLease, renewLease, takeLease, validLease } from "./editLease.ts";
import { resetBy, resetReason } from "./invalidation.ts";
import { archiveWrite, restoreWrite, saveWrite, sleepingSaveWrite } from "./orderEdit.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const lease = { userId: "anna", token: "a", expiresAt: instant(now + 600_000) };
const working = { runLease: { runId: "r", step: "Send", token: 1 }, runState: "working" } as const;

test("a lease lasts ten minutes", () => {
  const order = applyOrderWrite(anOrder(), takeLease(anOrder(), { userId: "anna", token: "a" }, now));
  expect(order?.editLease).toEqual(lease);
  expect(validLease(order!, now + 599_999)?.token).toBe("a");
  expect(validLease(order!, now + 600_000)).toBeUndefined();
});

test("a lease is taken only from the state that was read, never while a step works", () => {
  const free = anOrder();
  const held = anOrder({ editLease: lease });
  const ben = { userId: "ben", token: "b" };
  expect(applyOrderWrite(held, takeLease(free, ben, now))).toBeUndefined();
  expect(applyOrderWrite(free, takeLease(held, ben, now))).toBeUndefined();
  expect(applyOrderWrite(held, takeLease(held, ben, now))?.editLease?.userId).toBe("ben");
  expect(applyOrderWrite(anOrder(working), takeLease(free, ben, now))).toBeUndefined();
});

test("a lease is renewed under its token, not while a step works", () => {
  const later = now + 900_000;
  const held = anOrder({ editLease: lease });
  expect(applyOrderWrite(held, renewLease("a", later))?.editLease?.expiresAt).toBe(instant(later + 600_000));
  expect(applyOrderWrite(held, renewLease("b", later))).toBeUndefined();
  expect(applyOrderWrite(anOrder(), renewLease("a", later))).toBeUndefined();
  expect(applyOrderWrite(anOrder({ editLease: lease, ...working }), renewLease("a", later))).toBeUndefined();
  expect(applyOrderWrite(held, endLease("b"))).toBeUndefined();
  expect(applyOrderWrite(held, endLease("a"))).not.toHaveProperty("editLease");
});

test("acceptance 28: a save changes its fields, resets what they invalidate and ends the lease, or does nothing", () => {
  const order = anOrder({ editLease: lease, revision: 2 });
  order.steps.Test = { status: "complete", runId: "r" };
  const changes = { account: "other", revision: undefined };
  const write = saveWrite(order, changes, resetBy(order, changes), "a");
  const saved = applyOrderWrite(order, write);
  expect(saved).toMatchObject({ account: "other", steps: { Test: { status: "ready" } } });
  expect(saved).not.toHaveProperty("revision");
  expect(saved).not.toHaveProperty("editLease");
  const archived = { archived: true, archivedAt: instant(now), archivedBy: "ben" };
  const asked = { pendingCommandAt: instant(now) };
  for (const meanwhile of [{ editLease: { ...lease, token: "b" } }, { editLease: undefined }, working, archived, asked])
    expect(applyOrderWrite({ ...order, ...meanwhile }, write)).toBeUndefined();
});

test("a save while Send sleeps is conditional on the lease and on the same sleep", () => {
  const order = anOrder({ editLease: lease, sendContinuously: true, runState: "sleeping" });
  order.steps.Send = { status: "sleeping", nextRunAt: instant(now + 60_000), nextRunId: "r-p2" };
  const write = sleepingSaveWrite(order, { sendContinuously: false, sendUntil: undefined }, "a", now);
  expect(applyOrderWrite(order, write)).toMatchObject({ sendContinuously: false, runCheckAt: instant(now) });
  expect(applyOrderWrite({ ...order, editLease: undefined }, write)).toBeUndefined();
});

test("archiving is refused while a step works or sleeps, and can be undone", () => {
  const archived = applyOrderWrite(anOrder(), archiveWrite("anna", now));
  expect(archived).toMatchObject({ archived: true, archivedAt: instant(now), archivedBy: "anna" });
  expect(applyOrderWrite(anOrder({ runState: "sleeping" }), archiveWrite("anna", now))).toBeUndefined();
  const restored = applyOrderWrite(archived!, restoreWrite);
  expect(restored?.archived).toBe(false);
  expect(restored).not.toHaveProperty("archivedBy");
});

test("names the step that runs", () => {
  const order = anOrder();
  expect(runningStep(order)).toBeUndefined();
  order.steps.Send = { status: "sleeping" };
  expect(runningStep(order)).toBe("Send");
});

test("a reset names the changed fields that caused it", () => {
  const changed = ["testers", "account", "regLinkPresent"];
  expect(resetReason("Test", changed)).toBe("Reset because account, registration link changed.");
  expect(resetReason("Prepare", changed)).toBe("Reset because registration link changed.");
});

test("a line of what a user did holds no address and no endless text", () => {
  const data = {
    changed: { subjects: { EN: `Write to ana@example.org ${"x".repeat(400)}` }, testers: ["p-1"], revision: 2 },
  };
  const line = userLine({ workOrderId: "wo-1", by: "anna", what: "edited", data }, "01J", now);
  expect(line).toMatchObject({ sk: `U#${instant(now)}#01J`, at: instant(now), by: "anna", what: "edited" });
  const text = (line.data as typeof data).changed.subjects.EN;
  expect(text).toMatch(/^Write to …@example\.org x+…$/);
  expect(text).toHaveLength(300);
  expect(line.data).toMatchObject({ changed: { testers: ["p-1"], revision: 2 } });
});

test("only the end of a Send that tried to mail someone counts as mailing", () => {
  const line = (sk: string, sent: number) => ({
    workOrderId: "wo-1",
    sk,
    at: instant(now),
    what: "run ended",
    data: { counters: { total: 9, sent, skipped: 3, failed: 0, inDoubt: 0 } },
  });
  expect(hasMailed(line("E#r#Send", 1))).toBe(true);
  expect(hasMailed(line("E#r#Send", 0))).toBe(false);
  expect(hasMailed(line("E#r#Dry-Run", 5))).toBe(false);
  expect(hasMailed({ ...line("E#r#Send", 0), data: undefined })).toBe(false);
});

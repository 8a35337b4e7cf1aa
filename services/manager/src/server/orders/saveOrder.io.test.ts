import type { Command } from "@email-agent/shared/domain/command.ts";
import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import type { AuditLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { judgeCommand } from "@email-agent/shared/domain/lifecycle/judgement.ts";
import { joinWrites, type OrderWrite } from "@email-agent/shared/domain/lifecycle/orderWrite.ts";
import { beginRun, endRun, fallAsleep, unchangedSince } from "@email-agent/shared/domain/lifecycle/runWrites.ts";
import { countersAfterStop, progressWrite } from "@email-agent/shared/domain/lifecycle/workerWrites.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FormFixture, startFormFixture } from "../../../testing/formFixture.ts";
import { giveCommand } from "../order/giveCommand.ts";
import { readHistory } from "../sending/readHistory.ts";
import { checkOrder } from "./checkOrder.ts";
import { createOrder } from "./createOrder.ts";
import { renewEditLease, takeEditLease } from "./editLease.ts";
import { saveOrder } from "./saveOrder.ts";

let fixture: FormFixture;
beforeAll(async () => {
  fixture = await startFormFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const newOrder = async (fields: Partial<OrderFields> = {}) =>
  createOrder(fixture.manager, fixture.anna, await fixture.newForm(fields));
const take = (id: string, user = fixture.anna, takeOver = false) =>
  takeEditLease(fixture.manager, user, id, { takeOver });
const save = (id: string, leaseToken: string, fields: Partial<OrderFields>, confirmReset = false) =>
  saveOrder(fixture.manager, fixture.anna, id, { leaseToken, fields, confirmReset });

async function write(id: string, of: (order: WorkOrder) => OrderWrite): Promise<WorkOrder> {
  const order = await fixture.manager.orders.get(id);
  const written = order && (await fixture.manager.orders.write(id, of(order)));
  if (!written) throw new Error("refused");
  return written;
}
const setStep = (id: string, step: StepName, status: string) =>
  write(id, () => ({ set: [[["steps", step, "status"], status]], remove: [], when: [] }));
const begin = (id: string, step: StepName) =>
  write(id, (order) => beginRun(order, step, { runId: "run-1", attempt: 1 }, fixture.now()));
const asleep = (id: string) =>
  write(id, () => fallAsleep("Send", { sleepsFor: "next-pass", wakeAt: fixture.now() + 600_000 }, "run-1-p2", 1));

async function lines(id: string): Promise<AuditLine[]> {
  return Array.fromAsync(fixture.manager.audit.lines(id, "U"));
}

test("a save writes what changed, ends the lease, and is in the audit without address or secret", async () => {
  const { id } = await newOrder();
  const { token } = await take(id);
  const subjects = { EN: "Write to ana@example.org, *|FNAME|*" };
  const saved = await save(id, token, { subjects, testers: ["t-2"] });
  expect(saved).toMatchObject({ subjects, testers: ["t-2"], version: 3, updatedBy: "anna" });
  expect(saved).not.toHaveProperty("editLease");
  const [line, ...more] = await lines(id);
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    by: "anna",
    what: "edited",
    data: { changed: { subjects: { EN: "Write to …@example.org, *|FNAME|*" }, testers: ["t-2"] } },
  });
});

test("the history names the fields of a save as the form does", async () => {
  const { id } = await newOrder();
  await save(id, (await take(id)).token, { previewTexts: { EN: "Soon" }, testers: ["t-1"] });
  const { lines: shown } = await readHistory(fixture.manager, fixture.anna, id, undefined);
  expect(shown.map(({ what }) => what)).toContain("Edited preview texts, testers");
});

test("a Zoom link may hold a password, so the audit names only its id", async () => {
  await fixture.putEvent({ aid: "ZOOM", config: { inPerson: false } });
  const { id } = await newOrder({ eventCode: "ZOOM", stage: "confirm", zoomId: "111222333" });
  const { token } = await take(id);
  const zoomId = "https://zoom.us/j/81234567890?pwd=hush";
  expect(await save(id, token, { zoomId })).toMatchObject({ zoomId: "81234567890", zoomLink: zoomId });
  const text = JSON.stringify(await lines(id));
  expect(text).toContain("81234567890");
  expect(text).not.toContain("hush");
});

test("acceptance 18: a save removes the Zoom ID where none is needed, and requires one where it is", async () => {
  await fixture.putEvent({ aid: "KIND", config: { inPerson: false } });
  const { id } = await newOrder({ eventCode: "KIND", stage: "confirm", zoomId: "111222333" });
  await expect(save(id, (await take(id)).token, { zoomId: " " })).rejects.toMatchObject({
    details: { fields: { zoomId: expect.stringContaining("needs its Zoom ID") } },
  });
  await fixture.putEvent({ aid: "KIND", config: { inPerson: true } });
  const saved = await save(id, (await take(id, fixture.anna, true)).token, { testers: ["t-1"] });
  expect(saved).toMatchObject({ inPerson: true });
  expect(await fixture.manager.orders.get(id)).not.toHaveProperty("zoomId");
});

test("a save with errors names each of them and keeps the lease", async () => {
  const { id } = await newOrder();
  const { token } = await take(id);
  const fields = { languages: [], account: "unknown", revision: 11 };
  await expect(save(id, token, fields)).rejects.toMatchObject({
    code: "invalid-input",
    message: expect.stringContaining("Fix 2 more fields."),
    details: { fields: { languages: expect.any(String), account: expect.any(String), revision: expect.any(String) } },
  });
  expect(await save(id, token, {})).toMatchObject({ account: "office" });
});

test("a save that resets a step which is not complete needs a confirmation, and says which steps and why", async () => {
  const { id } = await newOrder();
  await setStep(id, "Count", "complete");
  await setStep(id, "Prepare", "complete");
  const { token } = await take(id);
  expect((await checkOrder(fixture.manager, fixture.anna, { id, fields: { revision: 2 } })).resets).toEqual({
    steps: [
      { name: "Count", status: "complete", why: "Reset because revision changed." },
      { name: "Prepare", status: "complete", why: "Reset because revision changed." },
    ],
    clearsPrepared: false,
    needsConfirmation: false,
    changed: ["revision"],
  });
  await setStep(id, "Dry-Run", "error");
  const patch = { account: "office", subjects: { EN: "New" } };
  await expect(save(id, token, patch)).rejects.toMatchObject({
    code: "conflict",
    details: {
      reason: "resets",
      resets: {
        steps: [
          { name: "Prepare", status: "complete", why: "Reset because subjects changed." },
          { name: "Dry-Run", status: "error", why: "Reset because subjects changed." },
        ],
        needsConfirmation: true,
      },
    },
  });
  const saved = await save(id, token, patch, true);
  expect(saved.steps).toMatchObject({
    Count: { status: "complete" },
    Prepare: { status: "ready", message: "Reset because subjects changed." },
    "Dry-Run": { status: "ready" },
  });
  expect((await lines(id))[0]?.data).toMatchObject({ reset: ["Prepare", "Dry-Run"] });
});

test("acceptance 34: an order that moves to another stage frees its key, and cannot move to one that is taken", async () => {
  const { manager, anna } = fixture;
  const first = await newOrder();
  await createOrder(manager, anna, await fixture.newForm({ eventCode: first.eventCode, subEvent: "week" }));
  const { token } = await take(first.id);
  await expect(save(first.id, token, { subEvent: "week" })).rejects.toMatchObject({
    code: "invalid-input",
    details: { fields: { stage: expect.stringContaining("already used by another work order") } },
  });
  const moved = await save(first.id, token, { stage: "confirm" });
  expect(moved).toMatchObject({ stage: "confirm", regLinkPresent: false });
  expect(await manager.orders.holderOf(first)).toBeUndefined();
  expect(await manager.orders.holderOf(moved)).toBe(first.id);
  expect((await lines(first.id))[0]?.data).toMatchObject({ changed: { stage: "confirm", regLinkPresent: false } });
  await createOrder(manager, anna, await fixture.newForm({ eventCode: first.eventCode }));
});

test("acceptance 28: two editors cannot save over each other", async () => {
  const { id } = await newOrder();
  const first = await take(id);
  const second = await take(id, fixture.ben, true);
  const byAnna = save(id, first.token, { subjects: { EN: "Anna's" } });
  const byBen = saveOrder(fixture.manager, fixture.ben, id, {
    leaseToken: second.token,
    fields: { subjects: { EN: "Ben's" } },
    confirmReset: false,
  });
  await expect(byAnna).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/^(Ben Writer took over the editing|Your time for editing ran out)/),
    details: { reason: "lease-lost" },
  });
  expect(await byBen).toMatchObject({ subjects: { EN: "Ben's" }, updatedBy: "ben" });
  await expect(save(id, second.token, { subjects: { EN: "Again" } })).rejects.toMatchObject({ code: "conflict" });
});

test("acceptance 28: of many saves under one lease only one counts", async () => {
  const { id } = await newOrder();
  const { token } = await take(id);
  const names = ["a", "b", "c", "d", "e"];
  const results = await Promise.allSettled(names.map((name) => save(id, token, { subjects: { EN: name } })));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await lines(id)).toHaveLength(1);
});

test("a command given while the lease had expired is judged before the renewed lease saves anything", async () => {
  const { id } = await newOrder();
  const { token } = await take(id);
  fixture.advance(600_000);
  const command = { commandId: ulid(fixture.now()), step: "Count", action: "start" } as const;
  await giveCommand(fixture.manager, fixture.ben, id, command);
  await renewEditLease(fixture.manager, fixture.anna, id, token);
  const fields = { sendContinuously: true, sendUntil: instant(fixture.now() + 3_600_000) };
  await expect(save(id, token, fields)).rejects.toMatchObject({ code: "conflict", details: { reason: "unsettled" } });
  await write(id, (order) => judgeCommand(order, order.command as Command, fixture.now()).write);
  const saved = await save(id, token, fields);
  expect(saved).toMatchObject({ sendContinuously: true, lastCommand: { outcome: "rejected" } });
});

test("a lease that expired saves nothing, until it is renewed or taken again", async () => {
  const { id } = await newOrder();
  const { token } = await take(id);
  fixture.advance(600_000);
  await expect(save(id, token, { testers: ["t-1"] })).rejects.toMatchObject({
    message: "Your time for editing ran out. What you typed is still here: press Edit to save it.",
  });
});

test("acceptance 28: a save and the counters of a run that was stopped, at the same time, lose nothing", async () => {
  const { manager } = fixture;
  for (let round = 0; round < 10; round += 1) {
    const { id } = await newOrder();
    const order = await begin(id, "Count");
    await write(id, (begun) => endRun(begun, "Count", "interrupted", fixture.now()));
    const { token } = await take(id);
    const lease = { step: "Count", runId: "run-1", token: order.fence } as const;
    const counters = { total: 9, sent: 4, skipped: 5, failed: 0, inDoubt: 0 };
    const [saved, counted] = await Promise.all([
      save(id, token, { testers: ["t-1", "t-2"] }),
      manager.orders.write(id, countersAfterStop(lease, { counters })),
    ]);
    expect(saved.testers).toEqual(["t-1", "t-2"]);
    expect(counted?.steps.Count.counters).toEqual(counters);
    expect(await manager.orders.get(id)).toMatchObject({
      testers: ["t-1", "t-2"],
      steps: { Count: { status: "interrupted", counters } },
    });
  }
});

test("acceptance 28: a save while Send sleeps and a wake-up at the same time: one comes first, and nothing is lost", async () => {
  const { manager } = fixture;
  const until = instant(fixture.now() + 86_400_000);
  for (let round = 0; round < 30; round += 1) {
    const { id } = await newOrder({ sendContinuously: true, sendUntil: until });
    await begin(id, "Send");
    const before = await asleep(id);
    const { token } = await take(id);
    // As the reaper wakes an order: read, then one write conditional on the sleep.
    const wake = async () => {
      const order = await manager.orders.get(id);
      const awake = joinWrites(beginRun(order!, "Send", { runId: "run-1-p2", attempt: 1 }, fixture.now()), {
        set: [],
        remove: [],
        when: [{ path: ["steps", "Send", "nextRunId"], equals: "run-1-p2" }],
      });
      const woken = await manager.orders.write(id, awake);
      const lease = { step: "Send", runId: "run-1-p2", token: before.fence + 1 } as const;
      return woken && manager.orders.write(id, progressWrite(lease, { message: "Mailing" }));
    };
    const [saved, woken] = await Promise.allSettled([save(id, token, { sendInterval: 7200 }), wake()]);
    const after = await manager.orders.get(id);
    expect(woken).toMatchObject({ status: "fulfilled", value: { steps: { Send: { message: "Mailing" } } } });
    expect(after?.steps.Send).toMatchObject({ status: "working", runId: "run-1-p2", message: "Mailing" });
    if (saved.status === "rejected") {
      expect(saved.reason).toMatchObject({
        details: { reason: "working" },
        message: expect.stringContaining("Send is working"),
      });
    }
    expect(after?.sendInterval).toBe(saved.status === "fulfilled" ? 7200 : 3600);
  }
});

test("acceptance 28: progress of a working step and attempts to edit at the same time lose nothing", async () => {
  const { manager } = fixture;
  const { id } = await newOrder();
  const { token } = await take(id);
  const working = await begin(id, "Count");
  const lease = { step: "Count", runId: "run-1", token: working.fence } as const;
  const progress = Array.from({ length: 20 }, (_, index) =>
    manager.orders.write(id, progressWrite(lease, { message: `Counted ${index}` })),
  );
  const edits = await Promise.allSettled([
    save(id, token, { testers: ["t-1"] }),
    take(id),
    take(id, fixture.ben, true),
  ]);
  for (const edit of edits)
    expect(edit).toMatchObject({ status: "rejected", reason: { details: { reason: "working", step: "Count" } } });
  expect((await Promise.all(progress)).every(Boolean)).toBe(true);
  expect(await manager.orders.get(id)).toMatchObject({ testers: [], steps: { Count: { status: "working" } } });
});

test("while Send sleeps only testers and continuous sending can change, and a shorter pause wakes it at once", async () => {
  const { id } = await newOrder({ sendContinuously: true, sendUntil: instant(fixture.now() + 86_400_000) });
  await begin(id, "Send");
  await asleep(id);
  const { token } = await take(id);
  await expect(save(id, token, { subjects: { EN: "Other" }, account: "old" })).rejects.toMatchObject({
    code: "invalid-input",
    details: { fields: { subjects: expect.stringContaining("While Send sleeps"), account: expect.any(String) } },
  });
  // Fields that are sent and the same are no change.
  const saved = await save(id, token, { account: "office", sendInterval: 600, testers: ["t-1"] });
  expect(saved).toMatchObject({
    sendInterval: 600,
    testers: ["t-1"],
    runCheckAt: instant(fixture.now()),
    steps: { Send: { status: "sleeping", nextRunAt: instant(fixture.now()) } },
  });
  const again = await take(id);
  const off = await save(id, again.token, { sendContinuously: false });
  expect(off.sendContinuously).toBe(false);
  expect(await fixture.manager.orders.get(id)).not.toHaveProperty("sendUntil");
});

test("an order of an event without access looks like one that does not exist", async () => {
  const { id } = await newOrder();
  const { manager, outsider } = fixture;
  const body = { leaseToken: "x", fields: {}, confirmReset: false };
  await expect(saveOrder(manager, outsider, id, body)).rejects.toMatchObject({ code: "not-found" });
});

test("a field the form does not know is never lost", async () => {
  const { id } = await newOrder();
  await write(id, (order) => ({ set: [[["dashboardColour"], "green"]], remove: [], when: unchangedSince(order) }));
  const { token } = await take(id);
  await save(id, token, { stage: "confirm" });
  expect(await fixture.manager.orders.get(id)).toMatchObject({ dashboardColour: "green", stage: "confirm" });
});

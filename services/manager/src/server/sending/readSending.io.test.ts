import type { Chunk, Plan } from "@email-agent/shared/domain/delivery/run.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { startSender } from "../../../../sender/testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../../../sender/testing/sendFixture.ts";
import { aUser, type ManagerUnderTest, managerOver } from "../../../testing/managerOver.ts";
import type { Sending } from "../../api/sending.ts";
import { readSending } from "./readSending.ts";

const anna = aUser();
const participant = (n: number) => ({ id: `0b5e9f2c-7a31-4c55-9d7e-${String(n).padStart(12, "0")}` });

const managerOf = ({ stack }: SendFixture): ManagerUnderTest => managerOver({ ...stack.config });
const look = ({ manager }: ManagerUnderTest, id: string, withPoints = true) =>
  readSending(manager, anna, id, { withPoints });
const mailed = ({ points }: Sending) => {
  const last = points.at(-1);
  return last ? last.sent + last.failed + last.inDoubt : 0;
};

test("a Send that never ran has no progress", async () => {
  await using fixture = await openSendFixture();
  await using open = managerOf(fixture);
  const order = await fixture.addOrder();
  expect(await look(open, order.id)).toEqual({ at: expect.any(String), points: [], planning: false });
});

test("a Send that was reset has no progress: what it did before may have been another mailing", async () => {
  await using fixture = await openSendFixture({ people: somePeople(3, participant) });
  await using open = managerOf(fixture);
  await using _sender = await startSender(fixture, { limits: { heartbeatMilliseconds: 300 } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const { runId } = await fixture.ended(order.id, "Send");
  expect(mailed(await look(open, order.id))).toBe(3);
  const steps = { ...readySteps(), Send: { status: "ready" as const, ...(runId && { runId }) } };
  const reset = await fixture.addOrder({ stage: "again", revision: 2, steps });
  expect(await look(open, reset.id)).toEqual({ at: expect.any(String), points: [], planning: false });
});

test("the progress of a Send grows while it works, comes with the limits of the account, and ends with what the ledger holds", async () => {
  const people = 160;
  await using fixture = await openSendFixture({
    people: somePeople(people, participant),
    account: { ratePerSecond: 40 },
  });
  await using open = managerOf(fixture);
  await using _sender = await startSender(fixture, { limits: { heartbeatMilliseconds: 300 } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const underWay = await eventually("some were mailed while it works", async () => {
    const seen = await look(open, order.id);
    return seen.limits?.buckets.length && mailed(seen) > 0 && mailed(seen) < people ? seen : undefined;
  });
  expect(underWay.limits).toMatchObject({ ratePerSecond: 40, quotaPer24h: 100_000 });
  expect(underWay.limits?.buckets.reduce((sum, { used }) => sum + used, 0)).toBeGreaterThan(0);

  const step = await fixture.ended(order.id, "Send");
  expect(step).toMatchObject({ status: "complete", counters: { sent: people } });
  const over = await look(open, order.id);
  expect(over.runId).toBe(step.runId);
  expect(over).not.toHaveProperty("limits");
  expect(over.points[0]).toMatchObject({ sent: 0, failed: 0, inDoubt: 0 });
  expect(over.points.at(-1)).toMatchObject({ sent: people, failed: 0, inDoubt: 0 });
  expect(over.points.length).toBeGreaterThan(4);
  const sendings = (await fixture.ledger(order)).map(({ sendingAt }) => sendingAt).sort();
  // Chunks begin a moment before their first mail, and end a moment after their last.
  expect(Math.abs(Date.parse(over.points[0]?.at ?? "") - Date.parse(sendings[0] ?? ""))).toBeLessThan(1500);
  expect(Math.abs(Date.parse(over.points.at(-1)?.at ?? "") - Date.parse(sendings.at(-1) ?? ""))).toBeLessThan(1500);
  const small = { at: expect.any(String), runId: step.runId, points: [], planning: false };
  expect(await look(open, order.id, false)).toEqual(small);
});

test("a Send that sleeps for quota comes with what it has used of the quota", async () => {
  const people = 30;
  const account = { ratePerSecond: 100, quotaPer24h: 20 };
  await using fixture = await openSendFixture({ people: somePeople(people, participant), account });
  await using open = managerOf(fixture);
  await using _sender = await startSender(fixture);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send");
  expect(step.status).toBe("sleeping");
  const seen = await look(open, order.id);
  expect(mailed(seen)).toBe(20);
  expect(seen.limits).toMatchObject({ quotaPer24h: 20 });
  expect(seen.limits?.buckets.reduce((sum, { used }) => sum + used, 0)).toBe(20);
});

test("the passes of one start are one curve, each on top of what was reached before it", async () => {
  await using fixture = await openSendFixture();
  await using open = managerOf(fixture);
  const order = await fixture.addOrder();
  const begin = Date.parse("2026-03-01T08:00:00.000Z");
  const counts = (sent: number) => ({ total: 100, skipped: 0, failed: 0, inDoubt: 0, sent });
  const pass = async (runId: string, hours: number, before: number, sent: number) => {
    const plan: Plan = {
      runId,
      sk: "plan",
      segments: 1,
      cursors: { "EN#0": { done: true } },
      nextNumber: { EN: 1 },
      nextRetryNumber: {},
      skipped: {},
      planned: { EN: 100 },
      added: {},
      before: { EN: counts(before) },
      lastIds: {},
      sentBefore: 0,
      fence: 1,
      complete: true,
      ttl: 1,
    };
    const at = begin + hours * 3_600_000;
    const chunk: Chunk = {
      runId,
      sk: "chunk#EN#000000",
      language: "EN",
      ids: ["p-1"],
      status: "done",
      fence: 1,
      token: 1,
      losses: 0,
      startedAt: instant(at),
      endedAt: instant(at + 60_000),
      counts: counts(sent),
      skipped: {},
      retry: {},
      ttl: 1,
    };
    await fixture.runs.putPlan(plan);
    await fixture.runs.putChunks([chunk]);
  };
  await pass("01JX", 0, 5, 70);
  await pass("01JX-p2", 24, 75, 25);
  await pass("01JY-p2", 0, 0, 100);
  const set = [
    [["steps", "Send", "runId"], "01JX-p2"],
    [["steps", "Send", "status"], "sleeping"],
  ] as const;
  await fixture.orders.write(order.id, { set, remove: [], when: [] });
  const { points } = await look(open, order.id);
  expect(points[0]).toMatchObject({ at: instant(begin - 1), sent: 5 });
  expect(points.find(({ at }) => at === instant(begin + 60_000))?.sent).toBe(75);
  expect(points.at(-1)).toMatchObject({ at: instant(begin + 24 * 3_600_000 + 60_000), sent: 100 });
});

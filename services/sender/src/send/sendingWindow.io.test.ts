import { setTimeout as pause } from "node:timers/promises";
import type { SendingWindow } from "@email-agent/shared/domain/delivery/sendingWindow.ts";
import { sleepingEdit } from "@email-agent/shared/domain/lifecycle/sleepingEdit.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { keepReaping, quick, spawnSender, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

const minute = 60_000;
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const clockTime = (at: number) => new Date(at).toISOString().slice(11, 16);
const window = (from: number, to: number): SendingWindow => ({
  ...{ zone: "UTC", weekdays: everyDay },
  ...{ from: clockTime(from), to: clockTime(to) },
});
const now = () => Date.now();

/** The step once a run that woke has ended. */
const woken = (fixture: SendFixture, id: string) =>
  eventually(
    "the pass that woke has ended",
    async () => {
      const step = await fixture.step(id, "Send");
      return step.status === "complete" || step.status === "error" ? step : undefined;
    },
    { withinSeconds: 60 },
  );

/** As a user saves the form while Send sleeps. */
async function edit(fixture: SendFixture, id: string, sendingWindow: SendingWindow | undefined): Promise<void> {
  const order = (await fixture.orders.get(id)) as WorkOrder;
  expect(await fixture.orders.write(id, sleepingEdit(order, { sendingWindow }, now()))).toBeDefined();
}

test("acceptance 143: outside its window a Send mails no one and sleeps until it opens; the confirmed number stays the ceiling", async () => {
  await using fixture = await openSendFixture({ people: somePeople(20) });
  await using _sender = await startSender(fixture, quick);
  // It opens in two hours; the whole minute of then is long over or far ahead.
  const opens = Math.floor((now() + 120 * minute) / minute) * minute;
  const order = await fixture.addOrder({ sendingWindow: window(opens, opens + 60 * minute) });
  await fixture.command(order.id, "Send", "start", 12);
  const asleep = await fixture.ended(order.id, "Send");
  expect(asleep).toMatchObject({
    ...{ status: "sleeping", sleepsFor: "window", confirmedRecipients: 12 },
    nextRunAt: new Date(opens).toISOString(),
    counters: { sent: 0 },
  });
  expect(fixture.inbox.messages()).toEqual([]);
  await using _reaper = keepReaping(fixture);
  await edit(fixture, order.id, undefined);
  const ended = await woken(fixture, order.id);
  expect(ended).toMatchObject({ status: "error", counters: { total: 12, sent: 12 } });
  expect(ended.message).toContain("12 sent as confirmed. 8 more people are eligible");
  expect(fixture.inbox.messages()).toHaveLength(12);
}, 60_000);

test("acceptance 143: no message begins at or after the end of the window, over two processes; the next pass mails the rest once", async () => {
  await using fixture = await openSendFixture({ people: somePeople(400), account: { ratePerSecond: 4 } });
  await using _one = await spawnSender(fixture, quick);
  await using _two = await startSender(fixture, quick);
  // Whole minutes: it closes in 25 to 85 seconds.
  const closes = Math.ceil((now() + 25_000) / minute) * minute;
  const order = await fixture.addOrder({ sendingWindow: window(closes - 120 * minute, closes) });
  await pause(Math.max(0, closes - 20_000 - now()));
  await fixture.command(order.id, "Send", "start");
  const asleep = await fixture.ended(order.id, "Send", 90);
  const arrived = fixture.inbox.messages();
  expect(arrived.length).toBeGreaterThan(0);
  expect(arrived.length).toBeLessThan(120);
  // The last begins before the end; the server takes moments to accept it.
  for (const { at } of arrived) expect(Date.parse(at)).toBeLessThan(closes + 1000);
  expect(asleep).toMatchObject({
    ...{ status: "sleeping", sleepsFor: "window", nextRunAt: new Date(closes + 22 * 60 * minute).toISOString() },
    counters: { total: 400, sent: arrived.length, inDoubt: 0, failed: 0 },
  });
  await using _reaper = keepReaping(fixture);
  await fixture.addAccount({ ratePerSecond: 200 });
  await edit(fixture, order.id, undefined);
  expect(await woken(fixture, order.id)).toMatchObject({ status: "complete", counters: { sent: 400 } });
  expect(new Set(fixture.inbox.messages().flatMap(({ to }) => to)).size).toBe(400);
  expect(fixture.inbox.messages()).toHaveLength(400);
}, 200_000);

test("a Test ignores the sending window", async () => {
  const people = somePeople(3);
  await using fixture = await openSendFixture({ people });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({
    sendingWindow: window(now() + 120 * minute, now() + 180 * minute),
    testers: [people[0]?.id ?? ""],
  });
  await fixture.command(order.id, "Test", "start");
  expect(await fixture.ended(order.id, "Test")).toMatchObject({ status: "complete", counters: { sent: 1 } });
}, 60_000);

import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { keepReaping, quick, spawnSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

const minute = 60_000;

/** How many of the mails the sender whose links say `host` has made. */
function mailedBy({ inbox }: SendFixture, host: string): number {
  return inbox.messages().filter(({ id }) => inbox.source(id).includes(host)).length;
}
const offHost = { PUBLIC_BASE_URL: "https://off.example.org" };

test.each([-10 * minute, 10 * minute])(
  "acceptance 62: one sender of two is %i ms off: the Send completes, no worker is taken for lost, no one is mailed twice",
  async (off) => {
    const people = 300;
    await using fixture = await openSendFixture({
      people: somePeople(people),
      account: { ratePerSecond: 60, maxConnections: 4 },
    });
    await using _reaper = keepReaping(fixture);
    // The first one coordinates, and both work on chunks.
    await using first = await spawnSender(fixture, { ...quick, offMilliseconds: off, environment: offHost });
    const order = await fixture.addOrder();
    const runId = await fixture.command(order.id, "Send", "start");
    await eventually("it has begun", () => fixture.inbox.messages().length > 0, { withinSeconds: 20 });
    await using second = await spawnSender(fixture, quick);
    const step = await fixture.ended(order.id, "Send", 40);

    expect(step).toMatchObject({ status: "complete", runId, counters: { total: people, sent: people } });
    expect(fixture.inbox.duplicates()).toEqual([]);
    expect(fixture.inbox.messages()).toHaveLength(people);
    expect(mailedBy(fixture, "off.example.org")).toBeGreaterThan(0);
    expect(await fixture.orders.get(order.id)).toMatchObject({ losses: 0 });
    expect([...first.lines, ...second.lines].filter((line) => line.includes("lost its worker"))).toEqual([]);
    expect(first.lines.filter((line) => line.includes("The clock of this host is"))).toHaveLength(1);
    expect(second.lines.filter((line) => line.includes("The clock of this host is"))).toEqual([]);
  },
  90_000,
);

test.each([-10 * minute, 10 * minute])(
  "acceptance 62: a killed sender whose clock is %i ms off is taken over by one whose clock is as much off the other way",
  async (off) => {
    const people = 200;
    await using fixture = await openSendFixture({ people: somePeople(people), account: { ratePerSecond: 60 } });
    await using _reaper = keepReaping(fixture);
    await using killed = await spawnSender(fixture, { ...quick, offMilliseconds: off });
    const order = await fixture.addOrder();
    const runId = await fixture.command(order.id, "Send", "start");
    await eventually("a part has been mailed", () => fixture.inbox.messages().length > 40, { withinSeconds: 20 });
    killed.kill("SIGKILL");
    await killed.ended;
    await using _other = await spawnSender(fixture, { ...quick, offMilliseconds: -off });
    const step = await fixture.ended(order.id, "Send", 40);

    expect(step).toMatchObject({ status: "complete", runId });
    expect(fixture.inbox.duplicates()).toEqual([]);
    const ledger = await fixture.ledger(order);
    expect(ledger.filter(({ status }) => status === "sent" || status === "in-doubt")).toHaveLength(people);
    expect(await fixture.orders.get(order.id)).toMatchObject({ losses: 1 });
  },
  90_000,
);

test.each([-10 * minute, 10 * minute])(
  "acceptance 63: a sender whose clock is %i ms off mails until sendUntil and no longer, within 2 s",
  async (off) => {
    const people = 400;
    await using fixture = await openSendFixture({ people: somePeople(people), account: { ratePerSecond: 20 } });
    await using _sender = await spawnSender(fixture, { ...quick, offMilliseconds: off });
    const sendUntil = instant(Date.now() + 7000);
    const order = await fixture.addOrder({ sendContinuously: true, sendUntil });
    await fixture.command(order.id, "Send", "start");
    const step = await fixture.ended(order.id, "Send", 40);

    expect(step.status).toBe("complete");
    const last = Math.max(...fixture.inbox.messages().map(({ at }) => Date.parse(at)));
    expect(Math.abs(last - epochMilliseconds(sendUntil))).toBeLessThan(2000);
    expect(Math.abs(epochMilliseconds(step.endedAt ?? "") - Date.now())).toBeLessThan(5000);
  },
  60_000,
);

test("acceptance 63: a greylisted recipient is tried again in time, whichever of two senders with other clocks makes the attempt", async () => {
  const people = 6;
  await using fixture = await openSendFixture({
    people: somePeople(people, (n) => ({ email: `person-${n}@example.org` })),
    account: { ratePerSecond: 100 },
  });
  const greylisting = fixture.inbox.script({
    phase: "rcpt",
    recipient: "person-3@example.org",
    reply: "451 4.7.1 Greylisted",
    times: 2,
  });
  const slower = { ...quick, limits: { ...quick.limits, retryMilliseconds: [3000, 3000, 3000] } };
  await using _slow = await spawnSender(fixture, { ...slower, offMilliseconds: -10 * minute });
  await using _fast = await spawnSender(fixture, { ...slower, offMilliseconds: 10 * minute });
  const order = await fixture.addOrder();
  const startedAt = performance.now();
  const waits = 6000;
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send", 40);
  expect(greylisting.hits).toBe(2);
  expect(step).toMatchObject({ status: "complete", counters: { sent: people } });
  expect(performance.now() - startedAt).toBeGreaterThan(waits - 2000);
  expect(performance.now() - startedAt).toBeLessThan(waits + 14_000);
}, 60_000);

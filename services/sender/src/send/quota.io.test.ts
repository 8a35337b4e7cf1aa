import { expect, test } from "vitest";
import { quick, spawnSender, startSender } from "../../testing/senders.ts";
import { openSendFixture, somePeople } from "../../testing/sendFixture.ts";

test("acceptance 10: two orders on one account and two processes never exceed the quota; both sleep until it is worth waking", async () => {
  const quota = 60;
  await using fixture = await openSendFixture({
    people: somePeople(50),
    account: { quotaPer24h: quota, ratePerSecond: 100 },
  });
  await using _one = await spawnSender(fixture, quick);
  await using _two = await startSender(fixture, quick);
  const orders = [await fixture.addOrder(), await fixture.addOrder({ eventCode: "F2026" })];
  await Promise.all(orders.map(({ id }) => fixture.command(id, "Send", "start")));
  const steps = await Promise.all(orders.map(({ id }) => fixture.ended(id, "Send", 30)));

  expect(fixture.inbox.messages()).toHaveLength(quota);
  expect(steps.reduce((sum, { counters }) => sum + (counters?.sent ?? 0), 0)).toBe(quota);
  const asleep = steps.filter(({ status }) => status === "sleeping");
  expect(asleep.length).toBeGreaterThan(0);
  for (const { nextRunAt, counters } of asleep) {
    // A tenth of the quota frees when the window has passed over the bucket it was used in: about a day from now.
    expect(Date.parse(nextRunAt as string) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(counters?.total).toBe(50);
  }
}, 60_000);

test("acceptance 10: without Redis nothing is mailed; emptied in the middle, the quota still holds and the run completes", async () => {
  const quota = 100;
  await using fixture = await openSendFixture({
    people: somePeople(80),
    account: { quotaPer24h: quota, ratePerSecond: 40 },
  });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  while (fixture.inbox.messages().length < 20) await new Promise((resolve) => setTimeout(resolve, 20));
  await fixture.emptyRedis();
  const step = await fixture.ended(order.id, "Send", 30);
  expect(step).toMatchObject({ status: "complete", counters: { sent: 80, inDoubt: 0 } });
  expect(fixture.inbox.messages()).toHaveLength(80);
  // The record that outlives Redis knows all of them.
  const used = (await fixture.itemsOf(fixture.stack.config.QUOTA_TABLE)).reduce(
    (sum, item) => sum + Number(item["used"]),
    0,
  );
  expect(used).toBeGreaterThanOrEqual(80);
  expect(used).toBeLessThanOrEqual(quota);
}, 60_000);

test("acceptance 10: a sender whose Redis is gone begins no message", async () => {
  await using fixture = await openSendFixture({ people: somePeople(200), account: { ratePerSecond: 40 } });
  await using _sender = await spawnSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  while (fixture.inbox.messages().length < 10) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(fixture.stack.pids.redis as number, "SIGKILL");
  // What was reserved before may still go: one second of the rate for each of the chunks at work.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const mailed = fixture.inbox.messages().length;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(fixture.inbox.messages()).toHaveLength(mailed);
  expect(mailed).toBeLessThan(200);
}, 60_000);

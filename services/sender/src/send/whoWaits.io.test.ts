import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test, vi } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

// Each waits for seconds, and other tests share the machine.
vi.setConfig({ testTimeout: 90_000 });

const address = (n: number) => `person-${n}@example.org`;
const people = (count: number) => somePeople(count, (n) => ({ id: `id-${n}`, email: address(n) }));

/** What the step said from now until it ended, each time it said something else. */
async function toldUntilEnd(fixture: SendFixture, { id }: Pick<WorkOrder, "id">): Promise<StepRecord[]> {
  const told: StepRecord[] = [];
  await eventually(
    "the Send has ended",
    async () => {
      const step = await fixture.step(id, "Send");
      if (JSON.stringify(step) !== JSON.stringify(told.at(-1))) told.push(step);
      return step.status !== "working";
    },
    { withinSeconds: 80, everyMilliseconds: 20 },
  );
  return told;
}

/** Planned = sent + failed + skipped + in doubt + waiting + not yet tried, at every moment. */
function expectSums(told: readonly StepRecord[], planned: number): void {
  for (const { counters, waiting } of told) {
    if (!counters || counters.total === 0) continue;
    const { total, sent, failed, skipped, inDoubt } = counters;
    const untried = total - sent - failed - skipped - inDoubt - (waiting?.retries?.people ?? 0);
    expect(total).toBe(planned);
    expect(untried).toBeGreaterThanOrEqual(0);
  }
}

test("acceptance 54: while mail servers ask people to wait, a Send says how many, and when they are tried again", async () => {
  await using fixture = await openSendFixture({ people: people(60), account: { ratePerSecond: 100 } });
  for (const n of [3, 14, 25])
    fixture.inbox.script({ phase: "rcpt", recipient: address(n), reply: "450 4.2.0 Greylisted", times: 1 });
  const limits = { ...quick.limits, retryMilliseconds: [8000] };
  await using _sender = await startSender(fixture, { ...quick, limits, environment: { CHUNK_SIZE: "20" } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const told = await toldUntilEnd(fixture, order);

  expectSums(told, 60);
  // On a busy machine the three may have been refused before the others are mailed.
  const allWait = told.find(({ waiting, counters }) => waiting?.retries?.people === 3 && counters?.sent === 57);
  expect(allWait).toMatchObject({ planning: false });
  const { nextAt = "", lastAt = "" } = allWait?.waiting?.retries ?? {};
  const attempts = fixture.inbox
    .messages()
    .slice(57)
    .map(({ at }) => Date.parse(at));
  expect(attempts).toHaveLength(3);
  // People refused within moments of each other are tried together, up to a twelfth of the wait later.
  expect(Math.min(...attempts)).toBeGreaterThanOrEqual(Date.parse(nextAt) - 10);
  expect(Math.max(...attempts) - Date.parse(lastAt)).toBeLessThan(3000);
  expect(allWait?.message).toContain(`3 people wait for another attempt`);
  expect(allWait?.message).toContain(nextAt);
  // A step that works no more tells nothing of the kind.
  expect(told.at(-1)).toMatchObject({ status: "complete", counters: { sent: 60, failed: 0 } });
  expect(told.at(-1)).not.toHaveProperty("waiting");
  expect(told.at(-1)).not.toHaveProperty("planning");
});

test("acceptance 54: an account of one mail an hour says when its next mail leaves, and holds no claim until then", async () => {
  await using fixture = await openSendFixture({
    people: people(3),
    account: { ratePerSecond: 1 / 3600, maxConnections: 1 },
  });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await eventually(
    "it waits for its next place",
    async () => {
      const told = await fixture.step(order.id, "Send");
      return told.waiting?.held ? told : undefined;
    },
    { withinSeconds: 20 },
  );
  expect(step.counters).toMatchObject({ total: 3, sent: 1 });
  const nextAt = Date.parse(fixture.inbox.messages()[0]?.at ?? "") + 3_600_000;
  expect(Math.abs(Date.parse(step.waiting?.held?.until ?? "") - nextAt)).toBeLessThan(15_000);
  expect(step.waiting?.held?.because).toBe("its rate allows the next mail then");
  expect((await fixture.ledger(order)).map(({ status }) => status)).toEqual(["sent"]);
  await fixture.command(order.id, "Send", "stop");
  expect((await fixture.ended(order.id, "Send")).status).toBe("interrupted");
});

test("acceptance 54: while the account is paused, a Send says until when and why, and then goes on", async () => {
  await using fixture = await openSendFixture({ people: people(40), account: { ratePerSecond: 100 } });
  fixture.inbox.script({ phase: "rcpt", reply: "421 4.7.0 Too many messages, slow down", times: 2 });
  await using _sender = await startSender(fixture, { ...quick, limitTimes: { throttledPauseMilliseconds: 2000 } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const told = await toldUntilEnd(fixture, order);

  expectSums(told, 40);
  const paused = told.find(({ waiting }) => waiting?.paused);
  expect(paused?.waiting?.paused?.because).toBe("its mail server asked to send more slowly");
  const until = Date.parse(paused?.waiting?.paused?.until ?? "");
  expect(paused?.message).toContain(`The account is paused until ${paused?.waiting?.paused?.until}, because its mail`);
  expect(Math.min(...fixture.inbox.messages().map(({ at }) => Date.parse(at)))).toBeGreaterThan(until - 1500);
  expect(told.at(-1)).toMatchObject({ status: "complete", counters: { sent: 40 } });
  expect(told.at(-1)).not.toHaveProperty("waiting");
});

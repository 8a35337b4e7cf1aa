import { instant } from "@email-agent/shared/domain/time.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { keepReaping, quick, spawnSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

function expectNobodyMailedTwice({ inbox }: SendFixture) {
  expect(inbox.duplicates()).toEqual([]);
  // Duplicates are looked for within a mailing; there is but one.
  expect(inbox.counts()).toHaveLength(1);
}

test("acceptance 6: a sender killed mid-chunk mails no one twice, and the run completes by itself under its id", async () => {
  const people = 240;
  await using fixture = await openSendFixture({
    people: somePeople(people),
    account: { ratePerSecond: 100, maxConnections: 2 },
  });
  fixture.inbox.script({ phase: "dot", delayMilliseconds: 5, times: "always" });
  await using _reaper = keepReaping(fixture);
  await using killed = await spawnSender(fixture, quick);
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  await eventually("a third has been mailed", () => fixture.inbox.messages().length > people / 3, {
    withinSeconds: 60,
  });
  killed.kill("SIGKILL");
  await killed.ended;
  const claimed = (await fixture.ledger(order)).filter(({ status }) => status === "sending").length;
  await using _other = await spawnSender(fixture, quick);
  const step = await fixture.ended(order.id, "Send", 90);

  expect(step).toMatchObject({ status: "complete", runId });
  expectNobodyMailedTwice(fixture);
  const ledger = await fixture.ledger(order);
  const inDoubt = ledger.filter(({ status }) => status === "in-doubt").length;
  const sent = ledger.filter(({ status }) => status === "sent");
  expect(inDoubt).toBeLessThanOrEqual(claimed);
  expect(sent.length + inDoubt).toBe(people);
  expect(step.counters).toEqual({ total: people, sent: sent.length, skipped: 0, failed: 0, inDoubt });
  expect(sent.filter(({ email }) => fixture.inbox.messages({ to: email }).length !== 1)).toEqual([]);
}, 240_000);

test("acceptance 7: a sender frozen past its lease begins no message when it wakes", async () => {
  const people = 250;
  const connections = 2;
  await using fixture = await openSendFixture({
    people: somePeople(people),
    account: { ratePerSecond: 50, maxConnections: connections },
  });
  await using _reaper = keepReaping(fixture);
  // Its links tell which process made a mail.
  await using frozen = await spawnSender(fixture, {
    ...quick,
    environment: { PUBLIC_BASE_URL: "https://frozen.example.org" },
  });
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  await eventually("sending has begun", () => fixture.inbox.messages().length > 20, { withinSeconds: 60 });
  frozen.kill("SIGSTOP");
  await using _other = await spawnSender(fixture, quick);
  await eventually("the other one goes on", () => fixture.inbox.messages().length > 120, { withinSeconds: 60 });
  const byFrozen = () =>
    fixture.inbox.messages().filter(({ id }) => fixture.inbox.source(id).includes("frozen.example.org"));
  const before = byFrozen().length;
  const awakeAt = instant(Date.now());
  frozen.kill("SIGCONT");
  const step = await fixture.ended(order.id, "Send", 90);

  expect(step).toMatchObject({ status: "complete", runId });
  expectNobodyMailedTwice(fixture);
  expect(before).toBeGreaterThan(0);
  const ledger = await fixture.ledger(order);
  // What stood on its connections when it froze may still end. It begins nothing that it had claimed before; once awake it
  // is a worker like any other, and may be given a chunk of its own.
  const claimedAt = new Map(ledger.map(({ messageId, sendingAt }) => [messageId, sendingAt]));
  const late = byFrozen().slice(before);
  const begunLate = late.filter(({ messageId }) => (claimedAt.get(messageId) ?? "") < awakeAt);
  expect(begunLate.length).toBeLessThanOrEqual(connections);
  expect(ledger).toHaveLength(people);
  // Whom it had claimed and never begun is planned once, however late that turns out.
  const count = (status: string) => ledger.filter((delivery) => delivery.status === status).length;
  const numbers = { sent: count("sent"), failed: 0, skipped: 0, inDoubt: count("in-doubt") };
  expect(step.counters).toEqual({ total: people, ...numbers });
  expect(step.languages?.["EN"]?.thisRun).toEqual({ total: people, ...numbers });
}, 240_000);

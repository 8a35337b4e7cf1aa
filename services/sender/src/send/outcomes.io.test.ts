import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { startInbox } from "../../../../infra/local/inbox.ts";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, somePeople } from "../../testing/sendFixture.ts";

const address = (n: number) => `person-${n}@example.org`;
const people = (count: number) => somePeople(count, (n) => ({ id: `id-${n}`, email: address(n) }));

test("acceptance 27: one refused and one greylisted address neither stop nor slow the rest", async () => {
  await using fixture = await openSendFixture({ people: people(120) });
  const refuse = (n: number, reply: string, times: 1 | "always") =>
    fixture.inbox.script({ phase: "rcpt", recipient: address(n), reply, times });
  refuse(3, "550 5.1.1 No such user", "always");
  refuse(4, "450 4.2.0 Greylisted, try again later", 1);
  refuse(5, "450 4.2.2 Mailbox full", "always");
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send", 30);

  expect(step).toMatchObject({
    status: "complete",
    counters: { total: 120, sent: 118, failed: 2, inDoubt: 0, skipped: 0 },
  });
  expect(fixture.inbox.messages()).toHaveLength(118);
  // Oldest first.
  expect(fixture.inbox.messages().at(-1)?.to).toEqual([address(4)]);

  const ledger = new Map((await fixture.ledger(order)).map((delivery) => [delivery.email, delivery]));
  expect(ledger.get(address(3))).toMatchObject({ status: "failed", permanent: true, smtpCode: 550 });
  expect(ledger.get(address(4))).toMatchObject({ status: "sent", attempt: 2 });
  // Four attempts, then failed, but not permanently: a later run may try again.
  expect(ledger.get(address(5))).toMatchObject({ status: "failed", permanent: false, attempt: 4 });
  const suppressed = (await fixture.itemsOf(fixture.stack.config.PARTICIPANTS_TABLE)).filter(
    ({ suppression }) => suppression,
  );
  expect(suppressed).toMatchObject([{ id: "id-3", suppression: { address: address(3), code: "5.1.1" } }]);
});

test("acceptance 27: refused authentication stops the run at once and names account and cause, never the password", async () => {
  await using fixture = await openSendFixture({ people: people(60) });
  fixture.inbox.script({ phase: "auth", reply: "535 5.7.8 Username and Password not accepted", times: "always" });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send");

  expect(step.status).toBe("error");
  expect(step.message).toMatch(/"office".*not accepted/);
  expect(step.message).not.toContain("not-a-secret");
  expect(fixture.inbox.messages()).toEqual([]);
  const statuses = new Set((await fixture.ledger(order)).map(({ status }) => status));
  expect([...statuses].filter((status) => status !== "deferred")).toEqual([]);
});

test("acceptance 27: too many failures stop the run with the most frequent response, without addresses", async () => {
  await using fixture = await openSendFixture({
    people: people(400),
    account: { ratePerSecond: 60, maxConnections: 1 },
  });
  for (const { email } of people(400)) {
    const reply = `554 5.6.0 <${email}> content refused here`;
    fixture.inbox.script({ phase: "rcpt", recipient: email as string, reply, times: "always" });
  }
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send");

  expect(step.status).toBe("error");
  expect(step.message).toMatch(/content refused here/);
  expect(step.message).not.toMatch(/person-/);
  expect((await fixture.ledger(order)).length).toBeLessThan(250);
  // The numbers are at least those the message tells: they are counted at the end, not when last reported.
  const told = Number(/^(\d+) of/.exec(step.message ?? "")?.[1]);
  expect(told).toBeGreaterThanOrEqual(20);
  expect(step.counters?.failed).toBeGreaterThanOrEqual(told);
  expect(step.languages?.["EN"]?.thisRun?.failed).toBe(step.counters?.failed);
  expect(step.counters?.total).toBe(400);
});

test.each([
  ["too many failures", "550 5.1.1 No such user", /failed, so it was stopped/],
  ["a sender that is refused", "550 5.7.1 Sender blocked", /refused the sender/],
])(
  "acceptance 55: when %s ends a run no further message begins anywhere, and its numbers are the ledger's",
  async (_, reply, message) => {
    await using fixture = await openSendFixture({
      people: people(45),
      account: { ratePerSecond: 30, maxConnections: 3 },
    });
    const refused = fixture.inbox.script({ phase: "rcpt", reply, times: "always" });
    const chunks = { ...quick, environment: { CHUNK_SIZE: "9" } };
    await using _one = await startSender(fixture, chunks);
    await using _other = await startSender(fixture, chunks);
    const order = await fixture.addOrder();
    await fixture.command(order.id, "Send", "start");
    const step = await fixture.ended(order.id, "Send", 60);
    const begun = refused.hits;
    expect(step).toMatchObject({ status: "error", message: expect.stringMatching(message) });
    await pause(3000);
    expect(refused.hits).toBe(begun);
    const ledger = await fixture.ledger(order);
    const failed = ledger.filter(({ status }) => status === "failed");
    expect(failed).toHaveLength(begun);
    expect(begun).toBeLessThan(45);
    expect(failed.filter(({ endedAt = "" }) => endedAt > (step.endedAt ?? ""))).toEqual([]);
    expect(step.counters).toEqual({ total: 45, sent: 0, skipped: 0, failed: begun, inDoubt: 0 });
    expect(ledger.filter(({ status }) => status === "sending")).toEqual([]);
  },
  120_000,
);

test("acceptance 55: what is on the wire when a run ends in an error is settled, and then counted", async () => {
  await using fixture = await openSendFixture({
    people: people(60),
    account: { ratePerSecond: 30, maxConnections: 3 },
  });
  const slow = fixture.inbox.script({ phase: "dot", delayMilliseconds: 7000, times: 1 });
  await using _sender = await startSender(fixture, { ...quick, environment: { CHUNK_SIZE: "10" } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  await eventually("one is on the wire", () => slow.hits === 1, { withinSeconds: 60 });
  fixture.inbox.script({ phase: "rcpt", reply: "550 5.1.1 No such user", times: "always" });
  expect(await fixture.ended(order.id, "Send", 60)).toMatchObject({ status: "error" });
  await eventually(
    "it is settled and counted",
    async () => {
      await fixture.settle();
      const now = await fixture.orders.get(order.id);
      const statuses = (await fixture.ledger(order)).map(({ status }) => status);
      const count = (status: string) => statuses.filter((one) => one === status).length;
      const { sent, failed, inDoubt } = now?.steps.Send.counters ?? {};
      if (now?.runState !== undefined || count("sending") > 0 || fixture.inbox.messages().length !== count("sent"))
        return;
      return sent === count("sent") && failed === count("failed") && inDoubt === 0 && count("in-doubt") === 0;
    },
    { withinSeconds: 60 },
  );
}, 180_000);

/** Everybody at a domain of their own. */
const scattered = (count: number) =>
  somePeople(count, (n) => ({ id: `id-${n}`, email: `person-${n}@domain-${n}.org` }));

test("acceptance 47: an unknown refusal from three domains pauses the account with its text before it burns the list", async () => {
  await using fixture = await openSendFixture({
    people: scattered(60),
    account: { ratePerSecond: 50, maxConnections: 1 },
  });
  const blocked = fixture.inbox.script({
    phase: "dot",
    reply: "554 5.3.0 Transfer rejected by gateway [203.0.113.7] id=17",
    times: "always",
  });
  const limitTimes = { throttledPauseMilliseconds: 4000 };
  await using _sender = await startSender(fixture, { ...quick, limitTimes });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  await eventually("the page says why it waits", async () =>
    /paused until 20\S+, because .* several domains with the same text: 554 Transfer rejected/.test(
      (await fixture.step(order.id, "Send")).message ?? "",
    ),
  );
  const statuses = (await fixture.ledger(order)).map(({ status }) => status);
  expect(statuses.filter((status) => status === "failed")).toHaveLength(2);
  expect(statuses).toContain("deferred");
  expect(blocked.hits).toBeLessThan(30);

  fixture.inbox.clearScripts();
  expect(await fixture.ended(order.id, "Send", 60)).toMatchObject({
    status: "complete",
    counters: { sent: 58, failed: 2, inDoubt: 0 },
  });
  // The two are mailed by the next start of a user.
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send", 30)).toMatchObject({ counters: { sent: 60, failed: 0 } });
}, 120_000);

test("a chunk that waited for a free worker begins no message once its run has too many failures", async () => {
  await using fixture = await openSendFixture({
    people: people(200),
    account: { ratePerSecond: 20, maxConnections: 2 },
    settings: { failureCeiling: { ratio: 0.5, minimum: 20 } },
  });
  const refused = fixture.inbox.script({
    phase: "rcpt",
    reply: "550 5.2.1 The mailbox is disabled",
    delayMilliseconds: 150,
    times: "always",
  });
  // One worker: the other issued chunks wait for it.
  const environment = { SEND_CONCURRENCY: "1", CHUNK_SIZE: "60" };
  await using _sender = await startSender(fixture, { ...quick, environment });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send", 60);
  expect(step).toMatchObject({ status: "error", message: expect.stringContaining("mails of this run failed") });
  expect(refused.hits).toBeLessThan(45);
}, 120_000);

const slowDown = { phase: "rcpt", reply: "421 4.7.0 Too many messages, slow down" } as const;

test("acceptance 27: 421 pauses that account only; orders of other accounts keep their rate", async () => {
  await using fixture = await openSendFixture({ people: people(80), account: { ratePerSecond: 100 } });
  const slowingDown = fixture.inbox.script({ ...slowDown, times: "always" });
  await using other = await startInbox();
  await fixture.addAccount({ name: "other", port: other.smtpPort, ratePerSecond: 100 });
  await using _sender = await startSender(fixture, quick);
  const paused = await fixture.addOrder();
  await fixture.command(paused.id, "Send", "start");
  await eventually("it is throttled", () => slowingDown.hits > 0);
  const free = await fixture.addOrder({ account: "other", eventCode: "F2026" });
  await fixture.command(free.id, "Send", "start");
  expect(await fixture.ended(free.id, "Send")).toMatchObject({ status: "complete", counters: { sent: 80 } });
  expect(fixture.inbox.messages()).toEqual([]);
  expect(await fixture.step(paused.id, "Send")).toMatchObject({
    status: "working",
    message: expect.stringMatching(/The account is paused until 20/),
  });
  const ledger = await fixture.ledger(paused);
  expect(ledger.length).toBeLessThan(80);
  expect(ledger.every(({ status }) => status === "deferred")).toBe(true);
});

test("acceptance 27: after a pause the run goes on by itself, and no recipient has lost an attempt", async () => {
  await using fixture = await openSendFixture({ people: people(80), account: { ratePerSecond: 100 } });
  fixture.inbox.script({ ...slowDown, times: 3 });
  await using sender = await startSender(fixture, { ...quick, limitTimes: { throttledPauseMilliseconds: 300 } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send", 30)).toMatchObject({
    status: "complete",
    counters: { sent: 80, failed: 0 },
  });
  expect(fixture.inbox.messages()).toHaveLength(80);
  expect((await fixture.ledger(order)).filter(({ attempt }) => attempt > 1)).toEqual([]);

  const measured = (name: string) => sender.measured.filter((one) => one.name === name);
  expect(measured("AccountPaused").length).toBeGreaterThan(0);
  expect(measured("AccountPaused").length).toBeLessThanOrEqual(3);
  expect(measured("MailsSent").reduce((sum, { value }) => sum + value, 0)).toBe(80);
  expect(Math.max(...measured("QuotaUsed").map(({ value }) => value))).toBeGreaterThan(0);
  for (const name of ["AccountPaused", "MailsSent", "QuotaUsed"])
    expect(measured(name).every(({ dimensions }) => dimensions?.["account"] === "office")).toBe(true);
});

test("acceptance 27: a connection lost after DATA stays in-doubt, also for the next run", async () => {
  await using fixture = await openSendFixture({ people: people(30) });
  fixture.inbox.script({ phase: "dot", recipient: address(7), cut: "close", keep: false, times: "always" });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send");
  expect(step).toMatchObject({ status: "complete", counters: { total: 30, sent: 29, inDoubt: 1 } });

  fixture.inbox.clearScripts();
  await fixture.command(order.id, "Send", "start");
  const again = await fixture.ended(order.id, "Send");
  expect(again).toMatchObject({ status: "complete", counters: { total: 30, sent: 29, inDoubt: 1 } });
  expect(again.languages?.["EN"]?.thisRun).toMatchObject({ total: 0, sent: 0 });
  expect(fixture.inbox.messages()).toHaveLength(29);
});

test("a mail that cannot be rendered fails for that person alone", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(20, (n) => ({
      id: `id-${n}`,
      email: address(n),
      programs: { E2026: { join: true, whichRetreats: { "A-week": n !== 4 } } },
    })),
    event: { config: { pool: "everyone", whichRetreatsConfig: { "A-week": { prompt: "week" } } } },
  });
  await fixture.addPrompt("default#week#EN", "One week");
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({}, "<html><body><p>||retreats||</p></body></html>");
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send");
  expect(step).toMatchObject({ status: "complete", counters: { total: 20, sent: 19, failed: 1 } });
  const failed = (await fixture.ledger(order)).filter(({ status }) => status === "failed");
  expect(failed).toMatchObject([{ participantId: "id-4", permanent: true }]);
  expect(failed[0]?.smtpResponse).toMatch(/^render: /);
});

test("acceptance 27: who failed for now is tried by the next run and counted once at every moment", async () => {
  await using fixture = await openSendFixture({ people: people(3) });
  fixture.inbox.script({ phase: "rcpt", recipient: address(1), reply: "450 4.2.2 Mailbox full", times: "always" });
  await using _sender = await startSender(fixture, {
    ...quick,
    limits: { ...quick.limits, retryMilliseconds: [], drainMilliseconds: 100 },
  });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ counters: { total: 3, sent: 2, failed: 1 } });

  fixture.inbox.clearScripts();
  const unanswered = fixture.inbox.script({ phase: "dot", cut: "silence", times: "always" });
  await fixture.command(order.id, "Send", "start");
  await eventually("it is tried again", () => unanswered.hits > 0);
  const counters = await eventually("its chunk has told its numbers", async () => {
    const step = await fixture.step(order.id, "Send");
    return step.counters?.total ? step.counters : undefined;
  });
  expect(counters).toEqual({ total: 3, sent: 2, skipped: 0, failed: 0, inDoubt: 0 });
});

import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openHouse, somePeople } from "../../testing/sendingHouse.ts";
import { startTestInbox } from "../../testing/testInbox.ts";

const address = (n: number) => `person-${n}@example.org`;
const people = (count: number) => somePeople(count, (n) => ({ id: `id-${n}`, email: address(n) }));

test("acceptance 27: one refused and one greylisted address neither stop nor slow the rest", async () => {
  await using house = await openHouse({
    people: people(120),
    script: {
      onRecipient: (to, attempt) => {
        if (to === address(3)) return { code: 550, text: "5.1.1 No such user" };
        if (to === address(4) && attempt === 1) return { code: 450, text: "4.2.0 Greylisted, try again later" };
        if (to === address(5)) return { code: 450, text: "4.2.2 Mailbox full" };
        return undefined;
      },
    },
  });
  await using _sender = await startSender(house, quick);
  const order = await house.addOrder();
  await house.command(order.id, "Send", "start");
  const step = await house.ended(order.id, "Send", 30);

  expect(step).toMatchObject({
    status: "complete",
    counters: { total: 120, sent: 118, failed: 2, inDoubt: 0, skipped: 0 },
  });
  expect(house.inbox.mails).toHaveLength(118);
  const lastOfTheRest = Math.max(...house.inbox.mails.filter(({ to }) => to !== address(4)).map(({ at }) => at));
  const greylisted = house.inbox.mails.find(({ to }) => to === address(4));
  expect(greylisted?.at).toBeGreaterThan(lastOfTheRest);

  const ledger = new Map((await house.ledger(order)).map((delivery) => [delivery.email, delivery]));
  expect(ledger.get(address(3))).toMatchObject({ status: "failed", permanent: true, smtpCode: 550 });
  expect(ledger.get(address(4))).toMatchObject({ status: "sent", attempt: 2 });
  // Four attempts, then failed, but not for good: a later run may try again.
  expect(ledger.get(address(5))).toMatchObject({ status: "failed", permanent: false, attempt: 4 });
  const suppressed = (await house.itemsOf(house.stack.config.PARTICIPANTS_TABLE)).filter(
    ({ suppression }) => suppression,
  );
  expect(suppressed).toMatchObject([{ id: "id-3", suppression: { address: address(3), code: "5.1.1" } }]);
});

test("acceptance 27: refused authentication stops the run at once and names account and cause, never the password", async () => {
  await using house = await openHouse({
    people: people(60),
    script: { onAuth: () => ({ code: 535, text: "5.7.8 Username and Password not accepted" }) },
  });
  await using _sender = await startSender(house, quick);
  const order = await house.addOrder();
  await house.command(order.id, "Send", "start");
  const step = await house.ended(order.id, "Send");

  expect(step.status).toBe("error");
  expect(step.message).toMatch(/"office".*not accepted/);
  expect(step.message).not.toContain("not-a-secret");
  expect(house.inbox.mails).toEqual([]);
  const statuses = new Set((await house.ledger(order)).map(({ status }) => status));
  expect([...statuses].filter((status) => status !== "deferred")).toEqual([]);
});

test("acceptance 27: too many failures stop the run with the most frequent response, without addresses", async () => {
  await using house = await openHouse({
    people: people(400),
    account: { ratePerSecond: 60, maxConnections: 1 },
    script: { onRecipient: (to) => ({ code: 554, text: `5.6.0 <${to}> content refused here` }) },
  });
  await using _sender = await startSender(house, quick);
  const order = await house.addOrder();
  await house.command(order.id, "Send", "start");
  const step = await house.ended(order.id, "Send");

  expect(step.status).toBe("error");
  expect(step.message).toMatch(/content refused here/);
  expect(step.message).not.toMatch(/person-/);
  expect((await house.ledger(order)).length).toBeLessThan(250);
  // The numbers are at least those the message tells: they are counted at the end, not when last reported.
  const told = Number(/^(\d+) of/.exec(step.message ?? "")?.[1]);
  expect(told).toBeGreaterThanOrEqual(20);
  expect(step.counters?.failed).toBeGreaterThanOrEqual(told);
  expect(step.languages?.["EN"]?.thisRun?.failed).toBe(step.counters?.failed);
  expect(step.counters?.total).toBe(400);
});

const slowDown = { code: 421, text: "4.7.0 Too many messages, slow down" };

test("acceptance 27: 421 pauses that account only; orders of other accounts keep their rate", async () => {
  await using house = await openHouse({
    people: people(80),
    account: { ratePerSecond: 100 },
    script: { onRecipient: () => slowDown },
  });
  await using other = await startTestInbox();
  await house.addAccount({ name: "other", port: other.port, ratePerSecond: 100 });
  await using _sender = await startSender(house, quick);
  const paused = await house.addOrder();
  await house.command(paused.id, "Send", "start");
  await eventually("it is told to slow down", () => house.inbox.connections > 0);
  const free = await house.addOrder({ account: "other", eventCode: "F2026" });
  await house.command(free.id, "Send", "start");
  expect(await house.ended(free.id, "Send")).toMatchObject({ status: "complete", counters: { sent: 80 } });
  expect(house.inbox.mails).toEqual([]);
  expect(await house.step(paused.id, "Send")).toMatchObject({
    status: "working",
    message: expect.stringMatching(/The account is paused until 20/),
  });
  const ledger = await house.ledger(paused);
  expect(ledger.length).toBeLessThan(80);
  expect(ledger.every(({ status }) => status === "deferred")).toBe(true);
});

test("acceptance 27: after a pause the run goes on by itself, and nobody has lost an attempt", async () => {
  let refusals = 3;
  await using house = await openHouse({
    people: people(80),
    account: { ratePerSecond: 100 },
    script: { onRecipient: () => (refusals-- > 0 ? slowDown : undefined) },
  });
  await using sender = await startSender(house, { ...quick, limitTimes: { throttledPauseMilliseconds: 300 } });
  const order = await house.addOrder();
  await house.command(order.id, "Send", "start");
  expect(await house.ended(order.id, "Send", 30)).toMatchObject({
    status: "complete",
    counters: { sent: 80, failed: 0 },
  });
  expect(house.inbox.mails).toHaveLength(80);
  expect((await house.ledger(order)).filter(({ attempt }) => attempt > 1)).toEqual([]);

  const measured = (name: string) => sender.measured.filter((one) => one.name === name);
  expect(measured("AccountPaused").length).toBeGreaterThan(0);
  expect(measured("AccountPaused").length).toBeLessThanOrEqual(3);
  expect(measured("MailsSent").reduce((sum, { value }) => sum + value, 0)).toBe(80);
  expect(Math.max(...measured("QuotaUsed").map(({ value }) => value))).toBeGreaterThan(0);
  for (const name of ["AccountPaused", "MailsSent", "QuotaUsed"])
    expect(measured(name).every(({ dimensions }) => dimensions?.["account"] === "office")).toBe(true);
});

test("acceptance 27: a connection lost after DATA stays in-doubt, also for the next run", async () => {
  await using house = await openHouse({
    people: people(30),
    script: { onMessage: (to) => (to === address(7) ? "cut" : undefined) },
  });
  await using _sender = await startSender(house, quick);
  const order = await house.addOrder();
  await house.command(order.id, "Send", "start");
  const step = await house.ended(order.id, "Send");
  expect(step).toMatchObject({ status: "complete", counters: { total: 30, sent: 29, inDoubt: 1 } });

  house.inbox.script = {};
  await house.command(order.id, "Send", "start");
  const again = await house.ended(order.id, "Send");
  expect(again).toMatchObject({ status: "complete", counters: { total: 30, sent: 29, inDoubt: 1 } });
  expect(again.languages?.["EN"]?.thisRun).toMatchObject({ total: 0, sent: 0 });
  expect(house.inbox.mails).toHaveLength(29);
});

test("a mail that cannot be rendered fails for that person alone", async () => {
  await using house = await openHouse({
    people: somePeople(20, (n) => ({
      id: `id-${n}`,
      email: address(n),
      programs: { E2026: { join: true, whichRetreats: { "A-week": n !== 4 } } },
    })),
    event: { config: { pool: "everyone", whichRetreatsConfig: { "A-week": { prompt: "week" } } } },
  });
  await house.addPrompt("default#week#EN", "One week");
  await using _sender = await startSender(house, quick);
  const order = await house.addOrder({}, "<html><body><p>||retreats||</p></body></html>");
  await house.command(order.id, "Send", "start");
  const step = await house.ended(order.id, "Send");
  expect(step).toMatchObject({ status: "complete", counters: { total: 20, sent: 19, failed: 1 } });
  const failed = (await house.ledger(order)).filter(({ status }) => status === "failed");
  expect(failed).toMatchObject([{ participantId: "id-4", permanent: true }]);
  expect(failed[0]?.smtpResponse).toMatch(/^render: /);
});

test("acceptance 27: who failed for now is tried by the next run and counted once at every moment", async () => {
  await using house = await openHouse({
    people: people(3),
    script: { onRecipient: (to) => (to === address(1) ? { code: 450, text: "4.2.2 Mailbox full" } : undefined) },
  });
  await using _sender = await startSender(house, {
    ...quick,
    limits: { ...quick.limits, retryMilliseconds: [], drainMilliseconds: 100 },
  });
  const order = await house.addOrder();
  await house.command(order.id, "Send", "start");
  expect(await house.ended(order.id, "Send")).toMatchObject({ counters: { total: 3, sent: 2, failed: 1 } });

  house.inbox.script = { onMessage: () => "hang" };
  await house.command(order.id, "Send", "start");
  await eventually("it is tried again", () => house.inbox.hanging > 0);
  const counters = await eventually("its chunk has told its numbers", async () => {
    const step = await house.step(order.id, "Send");
    return step.counters?.total ? step.counters : undefined;
  });
  expect(counters).toEqual({ total: 3, sent: 2, skipped: 0, failed: 0, inDoubt: 0 });
});

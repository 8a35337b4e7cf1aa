import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test, vi } from "vitest";
import { startDns } from "../../../../infra/local/dns.ts";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, somePeople } from "../../testing/sendFixture.ts";

vi.setConfig({ testTimeout: 120_000 });

const isSlow = (n: number) => n % 3 === 0;
const [all, rate] = [120, 10];
const people = somePeople(all, (n) => ({ id: `id-${n}`, email: `p-${n}@${isSlow(n) ? "verein" : "club"}.test` }));

/** As Postfix passes on what the next server says. */
const reply =
  "451 4.7.1 Recipient address rejected: unverified address: host mx.hoster.example[203.0.113.9] said: 421 4.7.0 Too many messages from 203.0.113.7, slow down (in reply to RCPT TO command)";

test("acceptance 167: while one receiving domain is slowed, the others keep nine tenths of their rate", async () => {
  await using dns = await startDns({
    "verein.test": { MX: ["10 mx.hoster.example"] },
    "club.test": { MX: ["10 mx.club.test"] },
  });
  await using fixture = await openSendFixture({ people, account: { ratePerSecond: rate, maxConnections: 4 } });
  fixture.inbox.script({ phase: "rcpt", recipient: "*@verein.test", reply, skip: 8, times: 1 });
  const environment = { CHUNK_SIZE: "20", DNS_SERVERS: dns.address };
  await using _sender = await startSender(fixture, { ...quick, environment });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const told: StepRecord[] = [];
  await eventually(
    "the Send has ended",
    async () => {
      told.push(await fixture.step(order.id, "Send"));
      return told.at(-1)?.status !== "working";
    },
    { withinSeconds: 110, everyMilliseconds: 50 },
  );

  expect(told.at(-1)).toMatchObject({ status: "complete", counters: { sent: all, failed: 0, inDoubt: 0 } });
  expect(told.filter(({ waiting }) => waiting?.paused)).toEqual([]);
  const slowed = told.flatMap(({ waiting, message }) =>
    waiting?.limited?.[0]?.slowedUntil ? [{ waiting, message }] : [],
  );
  expect(slowed[0]?.waiting.limited?.[0]).toMatchObject({ group: "hoster.example" });
  expect(slowed[0]?.message).toMatch(/hoster\.example asked to send more slowly, so it is slowed to .* wait/);
  const at = fixture.inbox.messages().map((mail) => ({ at: Date.parse(mail.at), to: mail.to.join() }));
  const others = at.filter(({ to }) => to.endsWith("@club.test")).map((one) => one.at);
  const ofSlow = at.filter(({ to }) => to.endsWith("@verein.test")).map((one) => one.at);
  const perSecond = (times: readonly number[]) =>
    ((times.length - 1) * 1000) / (Math.max(...times) - Math.min(...times));
  expect([others.length, ofSlow.length]).toEqual([80, 40]);
  // They had two thirds of the account's rate before, and what the slowed group leaves is theirs.
  expect(perSecond(others)).toBeGreaterThanOrEqual(rate * (2 / 3) * 0.9);
  expect(perSecond(ofSlow)).toBeLessThan(rate / 3);
});

import { expect, onTestFinished, test } from "vitest";
import { type Script, scriptedServer } from "../../testing/scriptedServer.ts";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, somePeople } from "../../testing/sendFixture.ts";

const people = somePeople(30, (n) => ({ id: `id-${n}`, email: `person-${n}@example.org` }));

async function sendTo(script: Script, maxConnections: number) {
  const server = await scriptedServer(script, { pipelining: true });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const fixture = await openSendFixture({ people, account: { port: server.port, ratePerSecond: 20, maxConnections } });
  onTestFinished(() => fixture[Symbol.asyncDispose]());
  const sender = await startSender(fixture, quick);
  onTestFinished(() => sender[Symbol.asyncDispose]());
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send", 30);
  return {
    server,
    step,
    ledger: await fixture.ledger(order),
    paused: sender.measured.filter(({ name }) => name === "AccountPaused"),
  };
}

test.each(["421 4.3.2 too many messages in this connection", "452 4.5.3 Too many messages in this session"])(
  "acceptance 27: a limit of messages per connection (%s) costs a new connection, but no pause and no attempt of a recipient",
  async (reply) => {
    const { server, step, ledger, paused } = await sendTo(
      (phase, { message }) => (phase === "mail" && message >= 7 ? reply : undefined),
      1,
    );
    expect(step).toMatchObject({ status: "complete", counters: { sent: 30, failed: 0, inDoubt: 0 } });
    expect(paused).toEqual([]);
    expect(ledger.map(({ attempt }) => attempt)).toEqual(people.map(() => 1));
    expect(server.accepted).toHaveLength(30);
    // Found out once; from then on connections are reopened in time.
    const mails = server.sessions.map((commands) => commands.filter((line) => line.startsWith("MAIL")).length);
    expect(mails).toEqual([8, 7, 7, 7, 2]);
    // A pause would take a minute.
    const times = ledger.map(({ endedAt }) => Date.parse(endedAt!)).sort((one, other) => one - other);
    expect(times.at(-1)! - times[0]!).toBeLessThan(20_000);
  },
);

test("acceptance 27: a server that takes fewer connections than the account has costs one refused connection, and no pause", async () => {
  const refusal = "421 4.7.0 inbox.test Error: too many connections from 127.0.0.1";
  const { server, step, ledger, paused } = await sendTo(
    (phase, { connection }) => (phase === "greeting" && connection > 0 ? refusal : undefined),
    4,
  );
  expect(step).toMatchObject({ status: "complete", counters: { sent: 30, failed: 0, inDoubt: 0 } });
  expect(paused).toEqual([]);
  expect(ledger.map(({ attempt }) => attempt)).toEqual(people.map(() => 1));
  expect(server.sessions).toHaveLength(2);
});

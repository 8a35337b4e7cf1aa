import { expect, test } from "vitest";
import type { ScriptAct } from "../../testing/scriptAct.ts";
import { type ScriptPhase, scriptedServer } from "../../testing/scriptedServer.ts";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, somePeople } from "../../testing/sendFixture.ts";

const people = somePeople(40, (n) => ({ id: `id-${n}`, email: `person-${n}@example.org` }));

/** Each happens once, four messages after the one before: several in a row would end the run. */
const faults: [ScriptPhase, ScriptAct][] = [
  ["dot", { early: "450 4.7.1 Try later", later: 30 }],
  ["rcpt", "HTTP/1.1 400 Bad Request"],
  ["dot", { early: "550 5.7.1 Not here" }],
  ["data", "354 Go ahead\n450 4.7.1 Try later"],
  ["dot", "ABC hello"],
  ["mail", "ABC"],
  ["idle", "421 4.3.2 Shutting down"],
];

test("acceptance 50: a Send through a server that is out of step mails no one twice, and every number is true", async () => {
  const due = [...faults];
  let taken = 0;
  let nextAt = 4;
  await using server = await scriptedServer(
    (phase) => {
      if (phase === "mail") taken += 1;
      if (taken < nextAt || due[0]?.[0] !== phase) return undefined;
      nextAt = taken + 4;
      return due.shift()![1];
    },
    { pipelining: true },
  );
  await using fixture = await openSendFixture({
    people,
    account: { port: server.port, ratePerSecond: 50, maxConnections: 1 },
  });
  await using _sender = await startSender(fixture, { ...quick, limitTimes: { unreachablePauseMilliseconds: 200 } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send", 25);

  expect(due).toEqual([]);
  // Three were accepted with a reply that does not tell so; the refusals before the dot were tried again.
  expect(step).toMatchObject({ status: "complete", counters: { total: 40, sent: 37, failed: 0, inDoubt: 3 } });
  const ledger = await fixture.ledger(order);
  const copies = (email: string) => server.accepted.filter((raw) => raw.includes(`<${email}>`)).length;
  expect(ledger.map(({ email, status }) => `${status} ${copies(email)}`).sort()).toEqual([
    ...Array.from({ length: 3 }, () => "in-doubt 1"),
    ...Array.from({ length: 37 }, () => "sent 1"),
  ]);
  const replies = ledger.filter(({ status }) => status === "in-doubt").map(({ smtpResponse }) => smtpResponse);
  expect(replies.sort()).toEqual(["450 4.7.1 Try later", "550 5.7.1 Not here", "ABC hello"]);
});

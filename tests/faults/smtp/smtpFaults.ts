import type { Account } from "@email-agent/shared/domain/account.ts";
import { type ScriptAct, type ScriptPhase, scriptedServer } from "../../../services/sender/testing/scriptedServer.ts";
import { quick, startSender } from "../../../services/sender/testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../../services/sender/testing/sendFixture.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import { defineArea, type Scenario } from "../scenario.ts";

const people = somePeople(5, (n) => ({ id: `id-${n}`, email: `person-${n}@example.org` }));

/** The second message meets the fault, once. */
async function run(fixture: SendFixture, phase: ScriptPhase, fault: ScriptAct, account: Partial<Account>) {
  let due: ScriptAct | undefined = fault;
  await using server = await scriptedServer(
    (now, { message }) => {
      if (now !== phase || message < 1) return undefined;
      const act = due;
      due = undefined;
      return act;
    },
    { pipelining: true },
  );
  const name = `account-${server.port}`;
  await fixture.addAccount({ ...account, name, port: server.port, maxConnections: 1 });
  // Each scenario is a mailing of its own: to the same people, with another mailing key.
  const eventCode = `E${server.port}`;
  await fixture.addEvent({ aid: eventCode });
  const order = await fixture.addOrder({ account: name, eventCode });
  await fixture.command(order.id, "Send", "start");
  const began = performance.now();
  const { status, message, counters } = await fixture.ended(order.id, "Send", 60);
  const recoveryMilliseconds = performance.now() - began;
  await fixture.settled(order.id);
  const violations = await judgeMailing(fixture, order, server.accepted, { people: people.length, inDoubtAtMost: 1 });
  if (status !== "complete") violations.push(`Send is ${status}: ${message}`);
  if (due !== undefined) violations.push("The fault did not happen.");
  return { violations, recoveryMilliseconds, inDoubt: counters?.inDoubt ?? 0 };
}

const faults: Readonly<Record<string, ScriptAct>> = {
  close: "close",
  "421": "421 4.3.2 Shutting down",
  "550": "550 5.7.1 Not here",
};

const scenarios: Scenario<SendFixture>[] = (["mail", "rcpt", "data", "body", "dot"] as const).flatMap((phase) =>
  Object.entries(faults).map(
    ([name, fault]): Scenario<SendFixture> => ({
      name: `${phase}/${name}`,
      isFast: name === "close",
      run: (fixture) => run(fixture, phase, fault, {}),
    }),
  ),
);

/** A mail server that fails in every phase of a session in every way. */
export const smtpFaults = defineArea<SendFixture>({
  name: "smtp",
  title: "SMTP: faults of the mail server in every phase",
  concurrency: 4,
  async open() {
    const stack = new AsyncDisposableStack();
    const fixture = stack.use(await openSendFixture({ people }));
    stack.use(
      await startSender(fixture, {
        ...quick,
        limitTimes: { unreachablePauseMilliseconds: 200, throttledPauseMilliseconds: 200 },
      }),
    );
    return { setting: fixture, dispose: () => stack.disposeAsync() };
  },
  scenarios,
});

import { setTimeout as pause } from "node:timers/promises";
import { tcpProxy } from "@email-agent/shared/testing/tcpProxy.ts";
import { scriptedServer } from "../../../services/sender/testing/scriptedServer.ts";
import { keepReaping, quick, type SenderProcess, spawnSender } from "../../../services/sender/testing/senders.ts";
import type { SendFixture } from "../../../services/sender/testing/sendFixture.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import type { Observed } from "../scenario.ts";
import { mostInWindow } from "./slidingWindows.ts";

interface Sharing {
  readonly ratePerSecond: number;
  readonly maxConnections: number;
  readonly people: number;
  readonly testers: readonly string[];
  /** Senders are killed one after the other, and replaced, this often. */
  readonly kills: number;
}

/**
 * Three sender processes, two Sends and a Test that is started again and again, on one account. The mail server notes when
 * each message arrives (MAIL FROM), a proxy before it how many connections are open.
 *
 * The bound: messages begin at rate slots, of which no sliding second holds more than the rate, for slots lie
 * `1000 / rate + lateMilliseconds / rate` apart and a message begins at most `lateMilliseconds` after its slot
 * (messageSpacing). It begins on an open connection, on which the next one begins only after its reply. So what arrives in a
 * second began in it, or is the one message under way on a connection when it began, however slow network, sender and
 * server are: at most the rate and one for each connection.
 */
export async function shareAccount(
  fixture: SendFixture,
  senders: SenderProcess[],
  { ratePerSecond, maxConnections, people, testers, kills }: Sharing,
): Promise<Observed> {
  const arrivals: number[] = [];
  await using server = await scriptedServer((phase) => {
    if (phase === "mail") arrivals.push(performance.now());
    return undefined;
  });
  await using proxy = await tcpProxy(server.port);
  await using _ = keepReaping(fixture);
  const account = `account-${proxy.port}`;
  await fixture.addAccount({ name: account, port: proxy.port, ratePerSecond, maxConnections });
  const order = async (eventCode: string, fields = {}) => {
    await fixture.addEvent({ aid: eventCode });
    return fixture.addOrder({ account, eventCode, ...fields });
  };
  const sends = [await order(`A${proxy.port}`), await order(`B${proxy.port}`)];
  const tested = await order(`C${proxy.port}`, { testers });
  for (const { id } of sends) await fixture.command(id, "Send", "start");
  let [isOver, tests] = [false, 0];
  const testing = (async () => {
    for (; !isOver; await pause(100)) {
      if ((await fixture.step(tested.id, "Test")).status === "working") continue;
      await fixture.command(tested.id, "Test", "start");
      tests += 1;
    }
    await fixture.ended(tested.id, "Test", 60);
  })();
  for (let killed = 0; killed < kills; killed++) {
    const due = ((killed + 1) * sends.length * people) / (kills + 1);
    while (arrivals.length < due) await pause(20);
    const [first] = senders.splice(0, 1);
    await first?.[Symbol.asyncDispose]();
    senders.push(await spawnSender(fixture, quick));
  }
  const violations: string[] = [];
  let inDoubt = 0;
  for (const { id } of sends) {
    const step = await fixture.ended(id, "Send", 120);
    inDoubt += step.counters?.inDoubt ?? 0;
    await fixture.settled(id);
    // A killed process leaves what its connections had under way, and what was claimed ahead.
    const inDoubtAtMost = kills * (maxConnections + Math.ceil(ratePerSecond));
    violations.push(...(await judgeMailing(fixture, { id }, server.accepted, { people, inDoubtAtMost })));
  }
  isOver = true;
  await testing;
  if (tests === 0) violations.push("No Test ran beside the Sends.");
  const most = mostInWindow(arrivals, 1000);
  if (most > ratePerSecond + maxConnections)
    violations.push(`${most} messages arrived within a second at ${ratePerSecond} a second.`);
  if (proxy.mostOpen > maxConnections)
    violations.push(`${proxy.mostOpen} connections were open, ${maxConnections} are allowed.`);
  return { tries: kills + 1, violations, inDoubt };
}

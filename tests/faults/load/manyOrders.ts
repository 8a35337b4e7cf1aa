import { scriptedServer } from "../../../services/sender/testing/scriptedServer.ts";
import { keepReaping, quick, spawnSender } from "../../../services/sender/testing/senders.ts";
import { openSendFixture, somePeople } from "../../../services/sender/testing/sendFixture.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import type { Observed } from "../scenario.ts";

/** Many orders at once, on some accounts, with some senders. */
interface ManyOrders {
  readonly orders: number;
  readonly accounts: number;
  readonly senders: number;
  readonly people: number;
}

/** Starts every order at once and waits until each Send has ended; each is judged by what the server accepted. */
export async function manyOrders({ orders, accounts, senders, people }: ManyOrders): Promise<Observed> {
  await using stack = new AsyncDisposableStack();
  const fixture = stack.use(
    await openSendFixture({ people: somePeople(people, (n) => ({ id: `id-${n}`, email: `person-${n}@example.org` })) }),
  );
  const server = stack.use(await scriptedServer(undefined, { pipelining: true }));
  for (let n = 0; n < accounts; n += 1)
    await fixture.addAccount({ name: `account-${n}`, port: server.port, maxConnections: 2 });
  const started = await Promise.all(Array.from({ length: senders }, () => spawnSender(fixture, quick)));
  for (const sender of started) stack.use(sender);
  stack.use(keepReaping(fixture));
  const made = [];
  for (let n = 0; n < orders; n += 1) {
    await fixture.addEvent({ aid: `E${n}` });
    made.push(await fixture.addOrder({ account: `account-${n % accounts}`, eventCode: `E${n}` }));
  }
  const began = performance.now();
  await Promise.all(made.map(({ id }) => fixture.command(id, "Send", "start")));
  const violations: string[] = [];
  for (const { id } of made) await fixture.ended(id, "Send", 300);
  const recoveryMilliseconds = performance.now() - began;
  for (const order of made) {
    await fixture.settled(order.id);
    const broken = await judgeMailing(fixture, order, server.accepted, { people, inDoubtAtMost: 0 });
    violations.push(...broken.map((text) => `${order.eventCode}: ${text}`));
  }
  return { tries: orders, violations, recoveryMilliseconds };
}

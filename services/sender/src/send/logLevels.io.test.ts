import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { tcpProxy } from "@email-agent/shared/testing/tcpProxy.ts";
import { expect, test } from "vitest";
import { quick, type SenderProcess, spawnSender } from "../../testing/senders.ts";
import { openSendFixture, somePeople } from "../../testing/sendFixture.ts";

/** What the process wrote to stdout, as a log group holds it. */
function written(sender: SenderProcess): Record<string, unknown>[] {
  return sender.lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
}
const errorLines = (sender: SenderProcess) => written(sender).filter(({ level }) => level === "error");

async function shutDown(sender: SenderProcess): Promise<void> {
  sender.kill("SIGTERM");
  await sender.ended;
}

test("acceptance 85: Redis away for three seconds, a refused person and a shutdown in the middle write no line at level error", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(900),
    account: { ratePerSecond: 60 },
  });
  await using redis = await tcpProxy(Number(new URL(fixture.environment["REDIS_URL"] as string).port));
  const reply = "550 5.1.1 No such user";
  fixture.inbox.script({ phase: "rcpt", recipient: "*@example.org", skip: 7, reply });
  const environment = { REDIS_URL: `redis://127.0.0.1:${redis.port}` };
  const limits = { ...quick.limits, takeOverMilliseconds: 20_000 };
  await using sender = await spawnSender(fixture, { ...quick, environment, limits });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const mailed = (count: number) =>
    eventually(`${count} are mailed`, () => fixture.inbox.messages().length > count, { withinSeconds: 30 });
  await mailed(30);
  redis.cut();
  await pause(3000);
  redis.mend();
  await mailed(fixture.inbox.messages().length + 30);
  await shutDown(sender);

  expect((await fixture.ledger(order)).filter(({ status }) => status === "failed")).toHaveLength(1);
  expect((await fixture.step(order.id, "Send")).status).toBe("working");
  expect(written(sender).some(({ level }) => level === "warn")).toBe(true);
  expect(errorLines(sender)).toEqual([]);
}, 90_000);

test("acceptance 85: a Send that ends in error is one line at level error, with its order and step, and is counted once", async () => {
  await using fixture = await openSendFixture({ people: somePeople(20) });
  fixture.inbox.script({ phase: "auth", reply: "535 5.7.8 Username and Password not accepted", times: "always" });
  await using sender = await spawnSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  expect((await fixture.ended(order.id, "Send", 30)).status).toBe("error");
  await shutDown(sender);

  expect(errorLines(sender)).toMatchObject([
    { level: "error", service: "sender", step: "Send", workOrderId: order.id, to: "error" },
  ]);
  const counted = written(sender).filter((line) => "StepErrors" in line);
  expect(counted).toMatchObject([{ service: "sender", step: "Send", StepErrors: 1 }]);
}, 60_000);

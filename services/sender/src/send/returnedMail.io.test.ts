import { bounces } from "@email-agent/shared/adapters/bounces.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { countedMetrics, silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { expect, test } from "vitest";
import { eventQueue } from "../../../../infra/local/inbox/returnMail.ts";
import { startBounces } from "../../../ingest/src/bounces/startBounces.ts";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture } from "../../testing/sendFixture.ts";

test("acceptance 154: mails that were sent come back, and the next mailing reaches neither who bounced for good nor who complained", async () => {
  const people = Array.from({ length: 12 }, () => aParticipant());
  await using fixture = await openSendFixture({ people });
  const { aws, config } = fixture.stack;
  await using _sender = await startSender(fixture, quick);
  const ending = new AbortController();
  const secret = { PUBLIC_TOKEN_SECRET: fixture.environment["PUBLIC_TOKEN_SECRET"] ?? "" };
  const ports = { aws, log: silentLog, metrics: countedMetrics(), signal: ending.signal, pollSeconds: 1 };
  await using _ingest = startBounces({ ...ports, config: { ...config, ...secret }, visibilitySeconds: 1 });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  await fixture.ended(order.id, "Send");

  fixture.inbox.sendEventsTo(eventQueue(aws, config.BOUNCE_QUEUE_URL));
  const kinds = ["hard", "soft", "full", "complaint"];
  const returned = fixture.inbox.messages().slice(0, kinds.length);
  for (const [index, { id }] of returned.entries()) {
    const address = `${fixture.inbox.url}/api/messages/${id}/return?kind=${kinds[index]}`;
    expect((await fetch(address, { method: "POST" })).status).toBe(202);
  }
  const store = bounces(aws, config);
  const key = mailingKey(order, "EN");
  await eventually("all have come back", async () => {
    const { hard, soft, complained } = await store.counts(key);
    return hard + soft + complained === kinds.length;
  });
  expect(await store.counts(key)).toEqual({ hard: 1, soft: 2, complained: 1 });
  const ledger = await fixture.ledger(order);
  expect(ledger.every(({ status }) => status === "sent")).toBe(true);

  const stored = participants(aws, config);
  const [hard, soft, full, complaint] = await Promise.all(
    returned.map(({ to }) => stored.get(people.find(({ email }) => email === to[0])?.id ?? "")),
  );
  expect(hard).toMatchObject({ suppression: { code: "5.1.1" } });
  expect(soft).toMatchObject({ softBounces: { count: 1 } });
  expect(full).not.toHaveProperty("softBounces");
  expect(complaint).toMatchObject({ unsubscribe: true, unsubscribedBy: "complaint" });

  const next = await fixture.addOrder({ eventCode: "F2026" });
  await fixture.command(next.id, "Send", "start");
  const step = await fixture.ended(next.id, "Send");
  expect(step.counters).toMatchObject({ sent: 10 });
  expect(step.languages?.["EN"]?.reasons).toMatchObject({ suppressed: 1, unsubscribed: 1 });
  ending.abort();
});

import { mailSelections } from "@email-agent/shared/adapters/mailSelections.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

const numbered = (prefix: string, count: number) =>
  somePeople(count, (n) => ({ id: `${prefix}-${String(n).padStart(2, "0")}` }));
const addressOf = (id: string) => `${id}@example.org`;
const mailed = (fixture: SendFixture) =>
  fixture.inbox
    .messages()
    .flatMap(({ to }) => to)
    .sort();

/** Refuses each of these people once. */
function refuse(fixture: SendFixture, ids: readonly string[], reply = "550 5.7.1 Not today") {
  for (const id of ids) fixture.inbox.script({ phase: "rcpt", recipient: addressOf(id), reply, times: 1 });
}

async function select(fixture: SendFixture, order: WorkOrder, ids: readonly string[], id: string) {
  const name = mailingKey(order, "EN").replace(/_EN$/, "");
  const selections = mailSelections(fixture.stack.aws, fixture.stack.config);
  await selections.put(id, { workOrderId: order.id, mailing: name, by: "anna" }, { EN: ids }, Date.now());
  return id;
}

test("acceptance 181: a retry of a selection mails the people of the selection who can be mailed, and no one else", async () => {
  const people = numbered("p", 20);
  await using fixture = await openSendFixture({ people });
  await using _sender = await startSender(fixture, quick);
  const failing = ["p-01", "p-02", "p-03", "p-04"];
  refuse(fixture, failing);
  refuse(fixture, ["p-05"], "550 5.1.1 No such user here");
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start", 20);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ counters: { total: 20, sent: 15, failed: 5 } });
  await fixture.addPeople(numbered("new", 5));

  const selection = await select(fixture, order, ["p-01", "p-03", "p-05", "gone"], "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  await fixture.command(order.id, "Send", "retry", 2, selection);
  const step = await fixture.ended(order.id, "Send");
  expect(step).toMatchObject({
    status: "complete",
    selection,
    counters: { total: 20, sent: 17, failed: 3, skipped: 0 },
    languages: { EN: { thisRun: { total: 2, sent: 2 }, reasons: { suppressed: 1 } } },
  });
  const reached = people.map(({ id }) => id).filter((id) => !["p-02", "p-04", "p-05"].includes(id));
  expect(mailed(fixture)).toEqual(reached.map(addressOf).sort());

  // The next start is for everyone again.
  await fixture.command(order.id, "Send", "start", 7);
  const all = await fixture.ended(order.id, "Send");
  expect(all).toMatchObject({ status: "complete", counters: { sent: 24, failed: 1 } });
  expect(all.selection).toBeUndefined();
  expect(all.everyone).toBeUndefined();
});

test("people whom the run before had not started stay counted, and the next start mails them", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 30) });
  await using _sender = await startSender(fixture, { ...quick, environment: { CHUNK_SIZE: "5" } });
  refuse(fixture, ["p-01"]);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start", 10);
  const first = await fixture.ended(order.id, "Send");
  expect(first).toMatchObject({ status: "error", counters: { total: 10, sent: 9, failed: 1 } });
  const selection = await select(fixture, order, ["p-01"], "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  await fixture.command(order.id, "Send", "retry", 1, selection);
  const second = await fixture.ended(order.id, "Send");
  expect(second).toMatchObject({ status: "complete", counters: { total: 10, sent: 10, failed: 0 } });
  expect(second.languages?.["EN"]?.reasons).toMatchObject({ "not-confirmed": 20 });
  await fixture.command(order.id, "Send", "start", 20);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "complete", counters: { sent: 30 } });
  expect(mailed(fixture)).toHaveLength(30);
});

test("a selection that is gone sends nothing and says so; a Send that continues does not go on after it", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 6) });
  await using _sender = await startSender(fixture, quick);
  refuse(fixture, ["p-01", "p-02"]);
  const sendUntil = new Date(Date.now() + 3600_000).toISOString();
  const order = await fixture.addOrder({ sendContinuously: true, sendUntil });
  await fixture.command(order.id, "Send", "start", 6);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "sleeping", counters: { sent: 4 } });
  await expect(fixture.command(order.id, "Send", "retry", 1, "01ARZ3NDEKTSV4RRFFQ69G5FAV")).rejects.toThrow(
    "Send sleeps and goes on by itself. Stop it first",
  );
  await fixture.command(order.id, "Send", "stop");
  await fixture.command(order.id, "Send", "retry", 1, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  expect(await fixture.ended(order.id, "Send")).toMatchObject({
    status: "error",
    message: "The selection of mails for this Send is gone. Select them again.",
  });
  expect(fixture.inbox.messages()).toHaveLength(4);
  const selection = await select(fixture, order, ["p-02"], "01ARZ3NDEKTSV4RRFFQ69G5FAW");
  await fixture.command(order.id, "Send", "retry", 1, selection);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "complete", counters: { sent: 5, failed: 1 } });
});

import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { notices } from "@email-agent/shared/adapters/notices.ts";
import { orderReads } from "@email-agent/shared/adapters/orderReads.ts";
import { commandLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { noticeRequestsRunId, noticesRunId } from "@email-agent/shared/domain/notices/notice.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { silentLog as log } from "@email-agent/shared/testing/pipeline.ts";
import { startTables, type Tables } from "@email-agent/shared/testing/tables.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decideNotices } from "./decideNotices.ts";
import { type WatchTimes, watchSends } from "./watchSends.ts";

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const clock = systemClock;
const limits = { longPauseMilliseconds: 600, stalledMilliseconds: 600 };
const quick: WatchTimes = { lookMilliseconds: 100, scanMilliseconds: 3_600_000 };
const counters = { total: 10, sent: 10, skipped: 0, failed: 0, inDoubt: 0 };

/** A notifier's part that decides, over the real tables; `calls`: what it asked of them. */
function notifier(times: WatchTimes = quick) {
  const calls: string[] = [];
  const { dynamo } = tables.aws;
  const aws = {
    ...tables.aws,
    dynamo: {
      send(...given: Parameters<typeof dynamo.send>) {
        calls.push((given[0] as object).constructor.name);
        return dynamo.send(...given);
      },
    } as typeof dynamo,
  };
  const decisions = decideNotices({
    ...{ notices: notices(aws, tables.names), audit: audit(aws, tables.names), clock, log, limits },
  });
  const shown: WorkOrder[] = [];
  const show = (order: WorkOrder) => void shown.push(order);
  const watch = watchSends({ orders: orderReads(aws, tables.names), decisions, show, clock, log }, times);
  return {
    calls,
    shown,
    decisions,
    onEvent: watch.onEvent,
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]();
      await decisions[Symbol.asyncDispose]();
    },
  };
}

/** An order whose Send was started by anna; `put` writes it as it is then. */
async function aSend(send: Partial<StepRecord>) {
  const commandId = ulid();
  const order = anOrder();
  const at = instant(Date.now());
  order.steps.Send = { status: "working", runId: commandId, startedAt: at, ...send };
  const command = { id: commandId, step: "Send", action: "start", requestedBy: "anna", requestedAt: at };
  const judgement = { id: commandId, step: "Send", action: "start", outcome: "accepted", runId: commandId, at };
  await audit(tables.aws, tables.names).put(commandLine(order.id, command, judgement));
  return { order, runId: commandId, put: () => putOrder(order) };
}
async function putOrder(order: WorkOrder) {
  const { status } = order.steps.Send;
  const isRunning = status === "working" || status === "sleeping";
  const run = isRunning ? { runState: status, runCheckAt: instant(Date.now()) } : {};
  const { runState: _, runCheckAt: __, ...rest } = order;
  const Item = { ...rest, ...run };
  await tables.aws.dynamo.send(new PutCommand({ TableName: tables.names.WORK_ORDERS_TABLE, Item }));
}

const eventOf = (order: WorkOrder): StatusEvent => ({
  ...{ v: 1, type: "work-order.snapshot", workOrderId: order.id, eventCode: order.eventCode },
  ...{ version: order.version, at: instant(Date.now()), order: structuredClone(order) },
});

async function itemsOf(runId: string, order: WorkOrder) {
  const { Items = [] } = await tables.aws.dynamo.send(
    new QueryCommand({
      TableName: tables.names.RUNS_TABLE,
      ConsistentRead: true,
      KeyConditionExpression: "runId = :id AND begins_with(sk, :order)",
      ExpressionAttributeValues: { ":id": runId, ":order": order.id },
    }),
  );
  return Items;
}
const decidedFor = (order: WorkOrder) => itemsOf(noticesRunId, order);
const requestsFor = (order: WorkOrder) => itemsOf(noticeRequestsRunId, order);
const decidedSoon = (order: WorkOrder, count = 1) =>
  eventually("the notice is decided", async () => {
    const found = await decidedFor(order);
    return found.length >= count ? found : undefined;
  });

test("acceptance 147: of several notifiers, with events doubled and reordered, one decides a notice once", async () => {
  await using stack = new AsyncDisposableStack();
  const several = Array.from({ length: 4 }, () => stack.use(notifier()));
  const { order, runId, put } = await aSend({ counters });
  const working = eventOf({ ...order, version: 1 });
  order.steps.Send = { ...order.steps.Send, status: "complete", endedAt: instant(Date.now()) };
  order.version = 2;
  await put();
  const ended = eventOf(order);
  for (let n = 0; n < 5; n += 1)
    for (const { onEvent } of several) {
      onEvent(ended);
      onEvent(working);
    }
  const [decided, ...more] = await decidedSoon(order);
  await Promise.all(several.map(({ decisions }) => decisions.of(order)));
  expect(more).toEqual([]);
  expect(decided).toMatchObject({ sk: `${order.id}#${runId}#ended`, facts: { kind: "ended", status: "complete" } });
  const requests = await requestsFor(order);
  expect(requests).toMatchObject([{ sk: decided?.["sk"], users: ["anna"], account: order.account }]);
});

test("acceptance 35: an end whose event was lost is shown at the next look, also of a run between two looks", async () => {
  await using watching = notifier({ ...quick, lookMilliseconds: 500 });
  const { order, put } = await aSend({ counters });
  watching.onEvent(eventOf({ ...order, runState: "working" }));
  order.steps.Send = { ...order.steps.Send, status: "complete", endedAt: instant(Date.now()) };
  order.version = 7;
  await put();
  await eventually("the end is shown", () => watching.shown.find(({ id }) => id === order.id));
  await clock.sleep(1200);
  expect(watching.shown.filter(({ id }) => id === order.id)).toMatchObject([{ version: 7 }]);
});

test("acceptance 147: an end whose event was lost is found by the next look, or by the scan of the next notifier", async () => {
  const seen = await aSend({ counters });
  const unseen = await aSend({ status: "error", message: "No.", endedAt: instant(Date.now() - 3_600_000), counters });
  const old = await aSend({ status: "complete", endedAt: instant(Date.now() - 7 * 3_600_000), counters });
  await Promise.all([seen.put(), unseen.put(), old.put()]);
  await using _notifier = notifier();
  expect(await decidedSoon(unseen.order)).toMatchObject([{ facts: { status: "error", message: "No." } }]);
  // No event says that it ended.
  await new Promise((resolve) => setTimeout(resolve, 400));
  seen.order.steps.Send = { ...seen.order.steps.Send, status: "exception", endedAt: instant(Date.now()) };
  await seen.put();
  expect(await decidedSoon(seen.order)).toMatchObject([{ facts: { status: "exception" } }]);
  expect(await decidedFor(old.order)).toEqual([]);
});

test("acceptance 147: a notice and the request for its mail are one write, so that no crash comes between", async () => {
  const { order, runId } = await aSend({ status: "complete", endedAt: instant(Date.now()), counters });
  const sk = `${order.id}#${runId}#ended`;
  // As if an earlier release had written the request alone: the pair is refused as a whole.
  const Item = { runId: noticeRequestsRunId, sk };
  await tables.aws.dynamo.send(new PutCommand({ TableName: tables.names.RUNS_TABLE, Item }));
  await using one = notifier();
  await one.decisions.of(order);
  expect(await decidedFor(order)).toEqual([]);
  expect(await requestsFor(order)).toEqual([Item]);
});

test("a Send that was stopped by its starter is no news to them; one that a colleague stopped is", async () => {
  const stopped = async (by: string) => {
    const { order } = await aSend({ status: "interrupted", endedAt: instant(Date.now()), counters });
    const id = ulid();
    const at = instant(Date.now());
    order.lastCommand = { id, step: "Send", action: "stop", outcome: "accepted", at };
    const command = { id, step: "Send", action: "stop", requestedBy: by, requestedAt: at };
    await audit(tables.aws, tables.names).put(commandLine(order.id, command, order.lastCommand));
    await using one = notifier();
    await one.decisions.of(order);
    return (await requestsFor(order))[0]?.["users"];
  };
  expect(await stopped("anna")).toEqual([]);
  expect(await stopped("ben")).toEqual(["anna"]);
});

test("a pause and a Send that does not move are notices once they last, a short pause is none", async () => {
  const pause = { until: instant(Date.now() + 60_000), because: "its mail server asked to send more slowly" };
  const paused = await aSend({ counters, waiting: { paused: { ...pause, since: instant(Date.now() - 700) } } });
  const brief = await aSend({ counters, waiting: { paused: { ...pause, since: instant(Date.now() + 30_000) } } });
  const still = await aSend({ counters: { ...counters, sent: 3 } });
  await Promise.all([paused.put(), brief.put(), still.put()]);
  await using _notifier = notifier();
  expect(await decidedSoon(paused.order)).toMatchObject([{ facts: { kind: "paused", because: pause.because } }]);
  const [stalled] = await decidedSoon(still.order);
  expect(stalled).toMatchObject({ sk: `${still.order.id}#${still.runId}#stalled#3`, facts: { kind: "stalled" } });
  // It moves, and stops again: another occurrence.
  still.order.steps.Send = { ...still.order.steps.Send, counters: { ...counters, sent: 4 } };
  await still.put();
  expect(await decidedSoon(still.order, 2)).toHaveLength(2);
  expect(await decidedFor(brief.order)).toEqual([]);
});

test("mails in doubt that are found after the end are a notice of their own, those that the end names are not", async () => {
  const inDoubt = { ...counters, sent: 8, inDoubt: 2 };
  const named = await aSend({ status: "complete", endedAt: instant(Date.now()), counters: inDoubt });
  const later = await aSend({ status: "interrupted", endedAt: instant(Date.now() - 180_000), counters });
  later.order.unsettled = {
    [later.runId]: { step: "Send", status: "interrupted", endedAt: instant(Date.now() - 180_000), partitions: [] },
  };
  await using one = notifier();
  await using other = notifier();
  await Promise.all([one.decisions.of(named.order), one.decisions.of(later.order)]);
  const { unsettled: _, ...settled } = later.order;
  settled.steps = { ...settled.steps, Send: { ...settled.steps.Send, counters: inDoubt } };
  await other.decisions.of(settled);
  expect((await decidedFor(named.order)).map(({ facts }) => facts.kind)).toEqual(["ended"]);
  expect((await decidedFor(later.order)).map(({ facts }) => [facts.kind, facts.inDoubt])).toEqual([
    ["ended", 0],
    ["in-doubt", 2],
  ]);
});

test("acceptance 147: ten thousand events of a Send cost no read and no write", async () => {
  await using one = notifier({ lookMilliseconds: 3_600_000, scanMilliseconds: 3_600_000 });
  const { order } = await aSend({ counters });
  // At the start it looks at the Sends of the other tests.
  let calls = -1;
  await eventually(
    "the looks at the start are over",
    () => {
      const isOver = one.calls.includes("ScanCommand") && one.calls.length === calls;
      calls = one.calls.length;
      return isOver;
    },
    { everyMilliseconds: 1000, withinSeconds: 30 },
  );
  const before = one.calls.length;
  for (let version = 1; version <= 10_000; version += 1) {
    const sent = Math.floor(version / 1000);
    const now = {
      ...order,
      version,
      steps: { ...order.steps, Send: { ...order.steps.Send, counters: { ...counters, sent } } },
    };
    one.onEvent(eventOf(now));
  }
  order.steps.Send = { ...order.steps.Send, status: "complete", endedAt: instant(Date.now()) };
  for (let n = 0; n < 100; n += 1) one.onEvent(eventOf(order));
  await decidedSoon(order);
  // The one notice: who started it, and one transaction.
  expect(one.calls.slice(before)).toEqual(["GetCommand", "TransactWriteCommand"]);
});

import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand, PutCommand, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anOrder } from "../../testing/builders.ts";
import { countedMetrics, type Pipeline, silentLog, startPipeline } from "../../testing/pipeline.ts";
import type { OrderWrite } from "../domain/lifecycle/orderWrite.ts";
import { openInvalidRecords } from "../domain/recipients/invalidRecords.ts";
import { readParticipant } from "../domain/recipients/participant.ts";
import { instant } from "../domain/time.ts";
import { type Detail, markerId } from "../domain/workOrder.ts";
import { type StatusEvent, statusEventSchema } from "../messages/statusEvent.ts";
import { workOrderStore } from "./workOrderStore.ts";

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline();
});
afterAll(() => pipeline[Symbol.asyncDispose]());

let codes = 0;
/** An order with a key of its own. */
function newOrder(fields: Parameters<typeof anOrder>[0] = {}) {
  codes += 1;
  return anOrder({ eventCode: `E${codes}`, ...fields });
}
const set = (path: [string, ...string[]], value: unknown, when: OrderWrite["when"] = []): OrderWrite => ({
  set: [[path, value]],
  remove: [],
  when,
});

/** Takes the events of one order off the status queue until one fits. */
async function eventsOf(id: string, until: (event: StatusEvent) => boolean): Promise<StatusEvent[]> {
  const seen: StatusEvent[] = [];
  for (let polls = 0; polls < 60 && !seen.some(until); polls += 1) {
    const answer = await pipeline.aws.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: pipeline.config.STATUS_QUEUE_URL,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
      }),
    );
    for (const { Body } of answer.Messages ?? []) {
      const event = statusEventSchema.parse(JSON.parse(Body ?? ""));
      if (event.workOrderId === id) seen.push(event);
    }
  }
  return seen;
}

test("a write returns the new state, raises the version by one and publishes what it produced", async () => {
  const order = await pipeline.orders.create(newOrder());
  const written = await pipeline.orders.write(order.id, set(["steps", "Dry-Run", "message"], "working on it"));
  expect(written).toMatchObject({ version: 2, steps: { "Dry-Run": { status: "ready", message: "working on it" } } });
  expect(await pipeline.orders.get(order.id)).toEqual(written);
  const events = await eventsOf(order.id, (event) => event.version === 2);
  expect(events.find((event) => event.version === 2)).toMatchObject({ type: "work-order.snapshot", order: written });
});

test("acceptance 35: events carry no command, no edit lease token, and no details above 24 KB", async () => {
  const command = { id: ulid(), step: "Send", action: "start" as const, requestedBy: "anna", requestedAt: instant(0) };
  const order = await pipeline.orders.create(
    newOrder({ command, editLease: { userId: "anna", token: "secret-token", expiresAt: instant(0) } }),
  );
  const text = "x".repeat(400);
  const details: Detail[] = Array.from({ length: 100 }, () => ({
    language: "EN",
    rule: "Q5",
    severity: "error",
    text,
  }));
  const written = await pipeline.orders.write(order.id, set(["steps", "Prepare", "details"], details));
  expect(written?.steps.Prepare.details).toHaveLength(100);
  const events = await eventsOf(order.id, (event) => event.version === 2);
  const newest = events.find((event) => event.version === 2) as Extract<StatusEvent, { type: "work-order.snapshot" }>;
  expect(newest.order).not.toHaveProperty("command");
  expect(JSON.stringify(newest)).not.toContain("secret-token");
  expect(newest.order.editLease?.userId).toBe("anna");
  expect(newest.order.steps.Prepare).not.toHaveProperty("details");
  expect(written?.command).toEqual(command);
});

test("acceptance 69: an event names no one with a broken record: it goes to every user who may see its order", async () => {
  const order = await pipeline.orders.create(newOrder());
  const records = openInvalidRecords();
  records.note(readParticipant({ id: "p-of-another-event", unsubscribe: "no" }));
  const other: Detail = { language: "EN", rule: "Q5", severity: "error", text: "No link." };
  await pipeline.orders.write(order.id, {
    set: [
      [["steps", "Count", "details"], records.report().details],
      [["steps", "Prepare", "details"], [other]],
    ],
    remove: [],
    when: [],
  });
  const events = await eventsOf(order.id, (event) => event.version === 2);
  const newest = events.find((event) => event.version === 2) as Extract<StatusEvent, { type: "work-order.snapshot" }>;
  expect(JSON.stringify(newest)).not.toContain("p-of-another-event");
  expect(newest.order.steps.Count).not.toHaveProperty("details");
  expect(newest.order.steps.Prepare.details).toEqual([other]);
});

test("a heartbeat raises the version, leaves updatedAt and publishes nothing", async () => {
  const order = await pipeline.orders.create(newOrder());
  const beat = await pipeline.orders.write(order.id, set(["runCheckAt"], instant(5)), { heartbeat: true });
  expect(beat).toMatchObject({ version: 2, updatedAt: order.updatedAt });
  await pipeline.orders.write(order.id, set(["account"], "other"), { updatedBy: "ben" });
  const events = await eventsOf(order.id, (event) => event.version === 3);
  expect(events.map((event) => event.version).sort()).toEqual([1, 3]);
  expect(await pipeline.orders.get(order.id)).toMatchObject({ updatedBy: "ben", account: "other" });
});

test("a refused condition changes nothing; neither does a write to an order that is not there", async () => {
  const order = await pipeline.orders.create(newOrder());
  const refusals: OrderWrite["when"] = [
    { path: ["version"], equals: 7 },
    { path: ["steps", "Send", "status"], absentOr: "working" },
    { path: ["runLease", "token"], equals: 1 },
    { path: ["runLease", "worker"], exists: true },
  ];
  for (const refusal of refusals)
    expect(await pipeline.orders.write(order.id, set(["account"], "x", [refusal]))).toBeUndefined();
  expect(await pipeline.orders.write(`wo-${ulid()}`, set(["account"], "x"))).toBeUndefined();
  expect(await pipeline.orders.get(order.id)).toEqual(order);
});

test("a path named twice holds the last value, and a set beats a removal", async () => {
  const order = await pipeline.orders.create(newOrder());
  const written = await pipeline.orders.write(order.id, {
    set: [
      [["losses"], 1],
      [["losses"], 2],
      [["runCheckAt"], instant(9)],
    ],
    remove: [["runCheckAt"], ["zoomId"]],
    when: [],
  });
  expect(written).toMatchObject({ losses: 2, runCheckAt: instant(9) });
});

test("a worker's write under a lease that is gone is refused, not an error about a missing parent", async () => {
  const order = await pipeline.orders.create(newOrder());
  const when = [{ path: ["runLease", "token"], equals: 3 }] as const;
  expect(await pipeline.orders.write(order.id, set(["runLease", "worker"], "w", when))).toBeUndefined();
});

test("a terminal status and its audit line are written together; a line written before blocks no status", async () => {
  const order = await pipeline.orders.create(newOrder());
  const audit = { workOrderId: order.id, sk: "E#r#Send", at: instant(0), what: "Send complete" };
  const done = set(["steps", "Send", "status"], "complete", [{ path: ["version"], equals: 1 }]);
  expect(await pipeline.orders.write(order.id, done, { audit })).toMatchObject({ version: 2 });
  expect(await pipeline.audit.has(order.id, audit.sk)).toBe(true);
  const refusedLine = { ...audit, sk: "E#other#Send" };
  expect(await pipeline.orders.write(order.id, done, { audit: refusedLine })).toBeUndefined();
  expect(await pipeline.audit.has(order.id, refusedLine.sk)).toBe(false);
  const again = set(["steps", "Send", "status"], "error");
  expect(await pipeline.orders.write(order.id, again, { audit })).toMatchObject({ version: 3 });
});

test("acceptance 28: an editor's patch and a worker's progress at the same time lose nothing", async () => {
  const order = await pipeline.orders.create(newOrder());
  const writes = Array.from({ length: 40 }, (_, index) =>
    index % 2 === 0
      ? pipeline.orders.write(order.id, set(["subjects"], { EN: `Subject ${index}` }))
      : pipeline.orders.write(order.id, set(["steps", "Send", "message"], `Progress ${index}`)),
  );
  const versions = (await Promise.all(writes)).map((written) => written?.version);
  expect(new Set(versions).size).toBe(40);
  const after = await pipeline.orders.get(order.id);
  expect(after).toMatchObject({ version: 41, subjects: { EN: expect.stringMatching(/^Subject/) } });
  expect(after?.steps.Send.message).toMatch(/^Progress/);
});

test("acceptance 28: of two editors only the one who holds the edit lease can save", async () => {
  const expiresAt = instant(Date.now() + 600_000);
  const order = await pipeline.orders.create(newOrder({ editLease: { userId: "anna", token: "a", expiresAt } }));
  const save = (token: string, account: string) =>
    pipeline.orders.write(order.id, set(["account"], account, [{ path: ["editLease", "token"], equals: token }]));
  const [anna, ben] = await Promise.all([save("a", "by-anna"), save("b", "by-ben")]);
  expect(ben).toBeUndefined();
  expect(anna?.account).toBe("by-anna");
});

test("acceptance 28: a field the form does not know is never lost", async () => {
  const order = newOrder();
  await pipeline.orders.create({ ...order, dashboardColour: "green" } as typeof order);
  await pipeline.orders.write(order.id, set(["account"], "other"));
  expect(await pipeline.orders.get(order.id)).toMatchObject({ dashboardColour: "green", account: "other" });
});

test("acceptance 34: of two creations of the same key at the same moment one wins and the other learns which", async () => {
  const orders = Array.from({ length: 8 }, () => anOrder({ eventCode: "E-race" }));
  const results = await Promise.allSettled(orders.map((order) => pipeline.orders.create(order)));
  const winners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  expect(winners).toHaveLength(1);
  for (const result of results)
    if (result.status === "rejected")
      expect(result.reason).toMatchObject({ code: "conflict", details: { workOrderId: winners[0]!.id } });
  const stored = await Promise.all(orders.map((order) => pipeline.orders.get(order.id)));
  expect(stored.filter(Boolean)).toHaveLength(1);
});

test("acceptance 34: a changed or deleted order frees its key, and a taken key refuses the change as a whole", async () => {
  const order = await pipeline.orders.create(newOrder());
  const other = await pipeline.orders.create(newOrder());
  const toOther = set(["eventCode"], other.eventCode);
  await expect(pipeline.orders.rekey(order, toOther)).rejects.toMatchObject({ code: "conflict" });
  expect(await pipeline.orders.get(order.id)).toEqual(order);

  const moved = await pipeline.orders.rekey(order, set(["stage"], "reminder"));
  expect(moved).toMatchObject({ stage: "reminder", version: 2 });
  const heir = await pipeline.orders.create(anOrder({ eventCode: order.eventCode }));
  expect(await pipeline.orders.remove(other)).toBe(true);
  expect(await pipeline.orders.get(other.id)).toBeUndefined();
  expect(await pipeline.orders.rekey(heir, toOther)).toMatchObject({ eventCode: other.eventCode });

  const refused = set(["stage"], "last", [{ path: ["version"], equals: 99 }]);
  expect(await pipeline.orders.rekey(moved!, refused)).toBeUndefined();
  const { Item } = await pipeline.aws.dynamo.send(
    new GetCommand({ TableName: pipeline.config.WORK_ORDERS_TABLE, Key: { id: markerId(moved!) } }),
  );
  expect(Item).toEqual({ id: markerId(moved!), workOrderId: order.id });
});

test("acceptance 34: what a user did is in the audit with a change of key and with a deletion, or not at all", async () => {
  const line = (workOrderId: string, what: string) => ({
    workOrderId,
    sk: `U#${instant(1)}#${ulid()}`,
    at: instant(1),
    what,
  });
  const order = await pipeline.orders.create(newOrder());
  const [moved, refused, gone] = [line(order.id, "Edited stage"), line(order.id, "Edited"), line("-", "Deleted")];
  const toStage = set(["stage"], "reminder");
  expect(await pipeline.orders.rekey(order, toStage, { audit: moved })).toMatchObject({ stage: "reminder" });
  expect(await pipeline.orders.holderOf({ ...order, stage: "reminder" })).toBe(order.id);
  expect(await pipeline.orders.holderOf(order)).toBeUndefined();
  const stale = set(["stage"], "last", [{ path: ["version"], equals: 1 }]);
  expect(await pipeline.orders.rekey({ ...order, stage: "reminder" }, stale, { audit: refused })).toBeUndefined();
  expect(await pipeline.orders.remove(order, { audit: gone })).toBe(false);
  expect(await pipeline.audit.has("-", gone.sk)).toBe(false);
  expect(await pipeline.orders.remove((await pipeline.orders.get(order.id))!, { audit: gone })).toBe(true);
  const kept = await Promise.all(
    [moved, refused, gone].map(({ workOrderId, sk }) => pipeline.audit.has(workOrderId, sk)),
  );
  expect(kept).toEqual([true, false, true]);
});

test("a lease taken is published to everyone and is no change of the order", async () => {
  const order = await pipeline.orders.create(newOrder());
  const lease = { userId: "anna", token: "a", expiresAt: instant(Date.now() + 600_000) };
  const written = await pipeline.orders.write(order.id, set(["editLease"], lease), { touch: false });
  expect(written).toMatchObject({ version: 2, updatedAt: order.updatedAt, updatedBy: order.updatedBy });
  const events = await eventsOf(order.id, (event) => event.version === 2);
  expect(events.at(-1)).toMatchObject({ order: { editLease: { userId: "anna" } } });
});

test("a deletion is refused on a version that has passed, and says so with the version behind the last", async () => {
  const order = await pipeline.orders.create(newOrder());
  await pipeline.orders.write(order.id, set(["account"], "x"));
  expect(await pipeline.orders.remove(order)).toBe(false);
  expect(await pipeline.orders.remove({ ...order, version: 2 })).toBe(true);
  const events = await eventsOf(order.id, (event) => event.type === "work-order.deleted");
  expect(events.find((event) => event.type === "work-order.deleted")).toMatchObject({ version: 3 });
});

test("lists every order over several pages, and no marker", async () => {
  const own = await startPipeline();
  await using _ = own;
  const bulk = "x".repeat(60_000);
  const ids: string[] = [];
  for (let index = 0; index < 40; index += 1) {
    const order = anOrder({ eventCode: `L${index}`, previewTexts: { EN: bulk } });
    await own.orders.create(order);
    ids.push(order.id);
  }
  const page = await own.aws.dynamo.send(new ScanCommand({ TableName: own.config.WORK_ORDERS_TABLE }));
  expect(page.LastEvaluatedKey).toBeDefined();
  const listed: string[] = [];
  for await (const order of own.orders.list()) listed.push(order.id);
  expect(listed.sort()).toEqual(ids.sort());
}, 60_000);

test("finds runs by their clock, oldest first, and commands that wait", async () => {
  const at = (second: number) => instant(1_000_000 + second * 1000);
  const run = (runState: "working" | "sleeping", second: number) =>
    pipeline.orders.create(newOrder({ runState, runCheckAt: at(second) }));
  const [third, first, ninth, asleep] = [
    await run("working", 3),
    await run("working", 1),
    await run("working", 9),
    await run("sleeping", 2),
  ];
  const entry = (order: Awaited<ReturnType<typeof run>>) => ({ id: order.id, runCheckAt: order.runCheckAt });
  expect(await Array.fromAsync(pipeline.orders.runsIn("working", at(3)))).toEqual([first, third].map(entry));
  expect(await Array.fromAsync(pipeline.orders.runsIn("working"))).toEqual([first, third, ninth].map(entry));
  expect(await Array.fromAsync(pipeline.orders.runsIn("sleeping", at(3)))).toEqual([entry(asleep)]);

  const waiting = await pipeline.orders.create(newOrder({ pendingCommandAt: at(1) }));
  await pipeline.orders.create(newOrder({ pendingCommandAt: at(5) }));
  expect(await Array.fromAsync(pipeline.orders.pendingCommands(at(4)))).toEqual([waiting.id]);
});

test("an item that does not fit is an error naming table, key and field", async () => {
  const id = `wo-${ulid()}`;
  const TableName = pipeline.config.WORK_ORDERS_TABLE;
  await pipeline.aws.dynamo.send(new PutCommand({ TableName, Item: { ...newOrder(), id, fence: "many" } }));
  await expect(pipeline.orders.get(id)).rejects.toThrow(`Table ${TableName}, item ${id}, field fence`);
});

test("one order that does not fit hides no other from a list that says what to do with it", async () => {
  const good = await pipeline.orders.create(newOrder());
  const bad = { ...newOrder(), fence: "many" };
  await pipeline.aws.dynamo.send(new PutCommand({ TableName: pipeline.config.WORK_ORDERS_TABLE, Item: bad }));
  const listed: string[] = [];
  const told: string[] = [];
  for await (const { id } of pipeline.orders.list((error) => told.push(String(error)))) listed.push(id);
  expect(listed).toContain(good.id);
  expect(listed).not.toContain(bad.id);
  expect(told.join()).toContain(`item ${bad.id}, field fence`);
});

test("a publication that fails is counted and fails no write", async () => {
  const metrics = countedMetrics();
  const config = { ...pipeline.config, STATUS_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:unknown" };
  const store = workOrderStore(pipeline.aws, config, { log: silentLog, metrics });
  const order = await store.create(newOrder());
  expect(await store.write(order.id, set(["account"], "x"))).toMatchObject({ version: 2 });
  expect(metrics.counted.map(({ name }) => name)).toEqual(["PublishErrors", "PublishErrors"]);
});

const unfit: [what: string, write: OrderWrite, field: string][] = [
  [
    "a negative count",
    set(["steps", "Count", "counters"], { total: -1, sent: 0, skipped: 0, failed: 0, inDoubt: 0 }),
    "steps.Count.counters.total",
  ],
  ["an unknown status", set(["steps", "Send", "status"], "asleep"), "steps.Send.status"],
  ["a removal of what every order has", { set: [], remove: [["account"]], when: [] }, "account"],
];
test.each(unfit)("%s is refused before it is written, or the order would be unreadable", async (_, write, field) => {
  const order = await pipeline.orders.create(newOrder());
  await expect(pipeline.orders.write(order.id, write)).rejects.toThrow(`item ${order.id}, field ${field}`);
  expect(await pipeline.orders.get(order.id)).toEqual(order);
});

test("a change that makes the order larger than an item may be is refused in words, alone and with an audit line", async () => {
  const order = await pipeline.orders.create(newOrder());
  const large = set(["previewTexts"], { EN: "x".repeat(420_000) });
  const audit = { workOrderId: order.id, sk: "E#run#Count", at: instant(0), what: "Count complete" };
  for (const options of [{}, { audit }])
    await expect(pipeline.orders.write(order.id, large, options)).rejects.toMatchObject({ code: "bad-item" });
});

test("a state read can be published again: for a write whose response or event was lost", async () => {
  const order = await pipeline.orders.create(newOrder());
  await pipeline.orders.write(order.id, set(["account"], "x"), { publish: false });
  await pipeline.orders.republish((await pipeline.orders.get(order.id))!);
  const events = await eventsOf(order.id, (event) => event.version === 2);
  expect(events.at(-1)).toMatchObject({ version: 2, order: { account: "x" } });
});

test("an order made before a step came into the catalogue has it untouched, and it can be written", async () => {
  const { id } = await pipeline.orders.create(newOrder());
  const names = { "#steps": "steps", "#name": "Prepare" };
  const item = { TableName: pipeline.config.WORK_ORDERS_TABLE, Key: { id }, ExpressionAttributeNames: names };
  await pipeline.aws.dynamo.send(new UpdateCommand({ ...item, UpdateExpression: "REMOVE #steps.#name" }));
  const order = await pipeline.orders.get(id);
  expect(order).toMatchObject({ version: 2, steps: { Prepare: { status: "ready" } } });
  const written = await pipeline.orders.write(id, set(["steps", "Prepare", "status"], "working"));
  expect(written?.steps).toMatchObject({ Count: { status: "ready" }, Prepare: { status: "working" } });
});

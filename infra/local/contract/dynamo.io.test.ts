import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import {
  BatchExecuteStatementCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localCredentials } from "../localCredentials.ts";
import { startTestStack, type TestStack } from "../testStack.ts";

/** What the product relies on in DynamoDB. `AWS_ENDPOINT_URL` runs the same file against another endpoint. */
let stack: TestStack;
let send: TestStack["aws"]["dynamo"]["send"];
beforeAll(async () => {
  stack = await startTestStack();
  send = stack.aws.dynamo.send.bind(stack.aws.dynamo);
});
afterAll(() => stack[Symbol.asyncDispose]());

const deliveries = () => stack.config.DELIVERIES_TABLE;
const orders = () => stack.config.WORK_ORDERS_TABLE;

async function itemOf(participantId: string, pk = "M_EN#0") {
  const Key = { pk, participantId };
  return (await send(new GetCommand({ TableName: deliveries(), Key, ConsistentRead: true }))).Item;
}

async function putDeliveries(...items: Record<string, unknown>[]) {
  for (const item of items) await send(new PutCommand({ TableName: deliveries(), Item: { pk: "M_EN#0", ...item } }));
}

/** Every item of a query or scan, and how many pages it took. */
async function allPages(
  ask: (from: Record<string, unknown> | undefined) => Promise<{ Items?: object[]; LastEvaluatedKey?: object }>,
) {
  const items: Record<string, unknown>[] = [];
  let pages = 0;
  let from: Record<string, unknown> | undefined;
  do {
    const page = await ask(from);
    items.push(...((page.Items ?? []) as Record<string, unknown>[]));
    from = page.LastEvaluatedKey as Record<string, unknown> | undefined;
    pages++;
  } while (from);
  return { items, pages };
}
const queryAll = (input: QueryCommandInput) =>
  allPages((ExclusiveStartKey) => send(new QueryCommand({ ...input, ExclusiveStartKey })));
const scanAll = (input: ScanCommandInput) =>
  allPages((ExclusiveStartKey) => send(new ScanCommand({ ...input, ExclusiveStartKey })));

describe("batches of conditional statements", () => {
  const statements = (list: { Statement: string; Parameters: unknown[] }[]) =>
    send(new BatchExecuteStatementCommand({ Statements: list })).then(({ Responses }) =>
      Responses?.map((response) => response.Error?.Code ?? "ok"),
    );
  const insert = (participantId: string) => ({
    Statement: `INSERT INTO "${deliveries()}" VALUE {'pk': ?, 'participantId': ?, 'status': ?, 'attempt': ?}`,
    Parameters: ["M_EN#0", participantId, "sending", 1],
  });
  const update = (participantId: string, claimId: string) => ({
    Statement: `UPDATE "${deliveries()}" SET "status" = ?, "endedAt" = ? REMOVE "nextAttemptAt" WHERE "pk" = ? AND "participantId" = ? AND "claimId" = ?`,
    Parameters: ["sent", "2026-03-01T08:00:00.000Z", "M_EN#0", participantId, claimId],
  });

  it("results DuplicateItem for one insert and does the others", async () => {
    await putDeliveries({ participantId: "b2", status: "sent" });
    expect(await statements([insert("b1"), insert("b2"), insert("b3")])).toEqual(["ok", "DuplicateItem", "ok"]);
    expect(await itemOf("b1")).toMatchObject({ status: "sending", attempt: 1 });
    expect(await itemOf("b2")).toMatchObject({ status: "sent" });
  });

  it("results ConditionalCheckFailed for one update and does the others", async () => {
    await putDeliveries(
      { participantId: "u1", claimId: "mine", status: "sending", nextAttemptAt: "x" },
      { participantId: "u2", claimId: "other", status: "sending" },
    );
    const results = await statements([update("u1", "mine"), update("u2", "mine"), update("absent", "mine")]);
    expect(results).toEqual(["ok", "ConditionalCheckFailed", "ConditionalCheckFailed"]);
    expect(await itemOf("u1")).toEqual({
      pk: "M_EN#0",
      participantId: "u1",
      claimId: "mine",
      status: "sent",
      endedAt: "2026-03-01T08:00:00.000Z",
    });
    expect(await itemOf("u2")).toMatchObject({ status: "sending" });
    expect(await itemOf("absent")).toBeUndefined();
  });

  it("judges conditions of several parts, with comparison, absence and OR", async () => {
    await putDeliveries(
      { participantId: "c1", status: "deferred", runId: "r1", nextAttemptAt: "2026-01-01" },
      { participantId: "c2", status: "deferred", runId: "r1", nextAttemptAt: "2026-09-01" },
      { participantId: "c3", status: "deferred", runId: "r0" },
      { participantId: "c4", status: "failed", runId: "r0", permanent: true },
    );
    const retry = (participantId: string) => ({
      Statement: `UPDATE "${deliveries()}" SET "status" = 'sending', "claimId" = ? WHERE "pk" = ? AND "participantId" = ? AND ("status" = 'deferred' AND ("runId" <> ? OR "nextAttemptAt" <= ? OR "nextAttemptAt" IS MISSING) OR "status" = 'failed' AND "permanent" = false)`,
      Parameters: ["claim", "M_EN#0", participantId, "r1", "2026-03-01"],
    });
    const results = await statements(["c1", "c2", "c3", "c4"].map(retry));
    expect(results).toEqual(["ok", "ConditionalCheckFailed", "ok", "ConditionalCheckFailed"]);
  });

  it("gives one of two claims of the same person, however close", async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => statements([insert("race")])));
    expect(results.flat().filter((result) => result === "ok")).toHaveLength(1);
  });

  it("reads by statement, each with its own item", async () => {
    await putDeliveries({ participantId: "s1", status: "sent" });
    const select = (participantId: string) => ({
      Statement: `SELECT * FROM "${deliveries()}" WHERE "pk" = ? AND "participantId" = ?`,
      Parameters: ["M_EN#0", participantId],
      ConsistentRead: true,
    });
    const { Responses } = await send(new BatchExecuteStatementCommand({ Statements: [select("s1"), select("none")] }));
    expect(Responses?.map(({ Item }) => Item?.["status"])).toEqual(["sent", undefined]);
  });

  it("refuses more than 25 statements", async () => {
    const many = Array.from({ length: 26 }, (_, number) => insert(`many${number}`));
    await expect(statements(many)).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("updates", () => {
  const update = (id: string, UpdateExpression: string, values: Record<string, unknown>, condition?: string) =>
    send(
      new UpdateCommand({
        TableName: orders(),
        Key: { id },
        UpdateExpression,
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
        ReturnValues: "ALL_NEW",
      }),
    ).then(({ Attributes }) => Attributes);

  it("refuses a path whose parent is absent", async () => {
    await send(new PutCommand({ TableName: orders(), Item: { id: "wo-parent" } }));
    const write = update("wo-parent", "SET steps.Send = :v", { ":v": 1 });
    await expect(write).rejects.toThrow(/document path/i);
    await expect(write).rejects.toMatchObject({ name: "ValidationException" });
    await update("wo-parent", "SET steps = if_not_exists(steps, :empty)", { ":empty": {} });
    expect(await update("wo-parent", "SET steps.Send = :v", { ":v": 1 })).toMatchObject({ steps: { Send: 1 } });
  });

  it("creates an absent item unless the condition asks for it to exist", async () => {
    await expect(update("wo-none", "SET a = :v", { ":v": 1 }, "attribute_exists(id)")).rejects.toBeInstanceOf(
      ConditionalCheckFailedException,
    );
    // `<>` holds on an absent attribute: such a condition alone brings a deleted order back to life.
    expect(await update("wo-none", "SET a = :v", { ":v": 1 }, "b <> :v")).toEqual({ id: "wo-none", a: 1 });
  });

  it("keeps concurrent writes to sibling paths and counts without losing one", async () => {
    await send(new PutCommand({ TableName: orders(), Item: { id: "wo-paths", steps: {}, version: 0 } }));
    await Promise.all(
      ["a", "b", "c", "d", "e", "f"].map((name) =>
        update("wo-paths", `SET steps.${name} = :v, version = version + :one`, { ":v": name, ":one": 1 }),
      ),
    );
    const { Item } = await send(new GetCommand({ TableName: orders(), Key: { id: "wo-paths" }, ConsistentRead: true }));
    expect(Item).toEqual({
      id: "wo-paths",
      version: 6,
      steps: { a: "a", b: "b", c: "c", d: "d", e: "e", f: "f" },
    });
  });

  it("lets one of many conditional writers win", async () => {
    await send(new PutCommand({ TableName: orders(), Item: { id: "wo-lease", fence: 1 } }));
    const tries = Array.from({ length: 10 }, (_, number) =>
      update(
        "wo-lease",
        "SET worker = :w",
        { ":w": number, ":f": 1 },
        "fence = :f AND attribute_not_exists(worker)",
      ).then(
        () => true,
        () => false,
      ),
    );
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it("tells the state that refused a write", async () => {
    await send(new PutCommand({ TableName: orders(), Item: { id: "wo-told", version: 7 } }));
    const refused = send(
      new UpdateCommand({
        TableName: orders(),
        Key: { id: "wo-told" },
        UpdateExpression: "SET a = :v",
        ConditionExpression: "version = :v",
        ExpressionAttributeValues: { ":v": 1 },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    await expect(refused).rejects.toMatchObject({ Item: { version: { N: "7" } } });
  });

  it("refuses items over 400 KB and empty keys", async () => {
    const put = (Item: Record<string, unknown>) => send(new PutCommand({ TableName: orders(), Item }));
    await expect(put({ id: "wo-big", text: "x".repeat(410_000) })).rejects.toMatchObject({
      name: "ValidationException",
    });
    await expect(put({ id: "" })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put({ id: "wo-empty-index-key", runState: "" })).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});

describe("transactions", () => {
  const put = (id: string) => ({
    Put: { TableName: orders(), Item: { id }, ConditionExpression: "attribute_not_exists(id)" },
  });

  it("write all or nothing and tell why, item by item", async () => {
    await send(new TransactWriteCommand({ TransactItems: [put("tx-1"), put("key#1")] }));
    const second = send(new TransactWriteCommand({ TransactItems: [put("tx-2"), put("key#1")] }));
    const error = await second.catch((thrown) => thrown);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    const reasons = (error as TransactionCanceledException).CancellationReasons?.map(({ Code }) => Code);
    expect(reasons).toEqual(["None", "ConditionalCheckFailed"]);
    const { Item } = await send(new GetCommand({ TableName: orders(), Key: { id: "tx-2" }, ConsistentRead: true }));
    expect(Item).toBeUndefined();
  });

  it("let one of two creations of the same key win", async () => {
    const tries = Array.from({ length: 8 }, (_, number) =>
      send(new TransactWriteCommand({ TransactItems: [put(`tx-race-${number}`), put("key#race")] })).then(
        () => true,
        () => false,
      ),
    );
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it("span tables and mix puts, updates, deletions and checks", async () => {
    await send(new PutCommand({ TableName: orders(), Item: { id: "tx-mix", version: 1 } }));
    await send(new PutCommand({ TableName: orders(), Item: { id: "key#old" } }));
    await send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: orders(),
              Key: { id: "tx-mix" },
              UpdateExpression: "SET version = version + :one",
              ConditionExpression: "version = :one",
              ExpressionAttributeValues: { ":one": 1 },
            },
          },
          { Delete: { TableName: orders(), Key: { id: "key#old" } } },
          { Put: { TableName: stack.config.AUDIT_TABLE, Item: { workOrderId: "tx-mix", sk: "E#1#Count" } } },
        ],
      }),
    );
    const { Item } = await send(new GetCommand({ TableName: orders(), Key: { id: "tx-mix" }, ConsistentRead: true }));
    expect(Item).toEqual({ id: "tx-mix", version: 2 });
  });
});

describe("sparse indexes", () => {
  const runs = (state: string, until: string) =>
    queryAll({
      TableName: orders(),
      IndexName: "byRunState",
      KeyConditionExpression: "runState = :state AND runCheckAt <= :until",
      ExpressionAttributeValues: { ":state": state, ":until": until },
    });

  it("hold only items with both attributes, oldest first, keys only", async () => {
    for (const [id, runCheckAt] of [
      ["i3", "3"],
      ["i1", "1"],
      ["i2", "2"],
      ["i9", "9"],
    ])
      await send(
        new PutCommand({ TableName: orders(), Item: { id, runState: "sleeping", runCheckAt, subject: "hidden" } }),
      );
    await send(new PutCommand({ TableName: orders(), Item: { id: "i-none", subject: "no run" } }));
    expect((await runs("sleeping", "5")).items).toEqual(
      ["1", "2", "3"].map((at) => ({ id: `i${at}`, runState: "sleeping", runCheckAt: at })),
    );
    const UpdateExpression = "REMOVE runState, runCheckAt";
    await send(new UpdateCommand({ TableName: orders(), Key: { id: "i1" }, UpdateExpression }));
    await send(new DeleteCommand({ TableName: orders(), Key: { id: "i2" } }));
    expect((await runs("sleeping", "5")).items.map(({ id }) => id)).toEqual(["i3"]);
  });

  it("byPendingCommand is read by a scan of the index", async () => {
    await send(new PutCommand({ TableName: orders(), Item: { id: "p1", pendingCommandAt: "1" } }));
    await send(new PutCommand({ TableName: orders(), Item: { id: "p7", pendingCommandAt: "7" } }));
    const { items } = await scanAll({
      TableName: orders(),
      IndexName: "byPendingCommand",
      FilterExpression: "pendingCommandAt <= :until",
      ExpressionAttributeValues: { ":until": "5" },
    });
    expect(items).toEqual([{ id: "p1", pendingCommandAt: "1" }]);
  });

  it("byAttention results whole items, newest first", async () => {
    const attention = "M_EN#failed";
    await putDeliveries(
      { participantId: "a1", attention, endedAt: "1", name: "One" },
      { participantId: "a2", attention, endedAt: "2", name: "Two" },
    );
    const { items } = await queryAll({
      TableName: deliveries(),
      IndexName: "byAttention",
      KeyConditionExpression: "attention = :attention",
      ExpressionAttributeValues: { ":attention": attention },
      ScanIndexForward: false,
    });
    expect(items.map(({ name }) => name)).toEqual(["Two", "One"]);
  });

  it("refuse a consistent read", async () => {
    const read = new QueryCommand({
      TableName: orders(),
      IndexName: "byRunState",
      KeyConditionExpression: "runState = :state",
      ExpressionAttributeValues: { ":state": "working" },
      ConsistentRead: true,
    });
    await expect(send(read)).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("many items", () => {
  const TableName = () => stack.config.PARTICIPANTS_TABLE;
  const people = Array.from({ length: 300 }, (_, number) => ({ id: `person-${number}`, text: "x".repeat(8000) }));
  beforeAll(async () => {
    for (let at = 0; at < people.length; at += 25) {
      const requests = people.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems } = await send(new BatchWriteCommand({ RequestItems: { [TableName()]: requests } }));
      expect(UnprocessedItems ?? {}).toEqual({});
    }
  });

  it("come in pages of at most 1 MB, counted before projection and filter", async () => {
    const whole = await scanAll({ TableName: TableName() });
    expect(whole.items).toHaveLength(300);
    expect(whole.pages).toBeGreaterThanOrEqual(3);
    const narrow = await scanAll({ TableName: TableName(), ProjectionExpression: "id" });
    expect(narrow.items).toHaveLength(300);
    expect(narrow.pages).toBe(whole.pages);
    const few = await scanAll({
      TableName: TableName(),
      FilterExpression: "id = :id",
      ExpressionAttributeValues: { ":id": "person-7" },
    });
    expect(few.items).toHaveLength(1);
    expect(few.pages).toBe(whole.pages);
  });

  it("of one partition come in pages too", async () => {
    for (let number = 0; number < 30; number++)
      await putDeliveries({ pk: "PAGES#0", participantId: `q${number}`, text: "x".repeat(80_000) });
    const whole = await queryAll({
      TableName: deliveries(),
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "PAGES#0" },
    });
    expect(whole.items).toHaveLength(30);
    expect(whole.pages).toBeGreaterThanOrEqual(3);
  });

  it("are split between the segments of a parallel scan without gap or overlap", async () => {
    const segments = await Promise.all(
      [0, 1, 2, 3].map((Segment) => scanAll({ TableName: TableName(), Segment, TotalSegments: 4 })),
    );
    const ids = segments.flatMap(({ items }) => items.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(people.map(({ id }) => id).toSorted());
    expect(segments.filter(({ items }) => items.length > 0).length).toBeGreaterThan(1);
  });

  it("go on behind a page token after a limit", async () => {
    const { items, pages } = await scanAll({ TableName: TableName(), Limit: 70 });
    expect(items).toHaveLength(300);
    expect(pages).toBe(5);
  });
});

describe("streams", () => {
  /** The streams API speaks the same protocol as DynamoDB; no credentials are judged. */
  async function ask<Result>(action: string, input: object): Promise<Result> {
    const headers = {
      "x-amz-target": `DynamoDBStreams_20120810.${action}`,
      "content-type": "application/x-amz-json-1.0",
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
      "x-amz-date": "20260301T080000Z",
    };
    const url = stack.config.AWS_ENDPOINT_URL_DYNAMODB;
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(input) });
    if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
    return (await response.json()) as Result;
  }

  interface StreamRecord {
    eventName: string;
    dynamodb: { Keys: object; NewImage?: object; OldImage?: object; SequenceNumber: string };
  }

  async function* shardRecords(StreamArn: string, ShardId: string): AsyncIterable<StreamRecord> {
    const start = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
    let { ShardIterator } = await ask<{ ShardIterator?: string }>("GetShardIterator", start);
    while (ShardIterator) {
      const page: { Records: StreamRecord[]; NextShardIterator?: string } = await ask("GetRecords", { ShardIterator });
      if (page.Records.length === 0) return;
      yield* page.Records;
      ShardIterator = page.NextShardIterator;
    }
  }

  async function recordsOf(id: string): Promise<StreamRecord[]> {
    const { Table } = await send(new DescribeTableCommand({ TableName: orders() }));
    const StreamArn = Table?.LatestStreamArn ?? "";
    type Described = { StreamDescription: { Shards: { ShardId: string }[] } };
    const { StreamDescription } = await ask<Described>("DescribeStream", { StreamArn });
    const records: StreamRecord[] = [];
    for (const { ShardId } of StreamDescription.Shards)
      for await (const record of shardRecords(StreamArn, ShardId)) records.push(record);
    return records.filter(({ dynamodb }) => JSON.stringify(dynamodb.Keys).includes(`"${id}"`));
  }

  it("carry every change of an item in order, with old and new image", async () => {
    const Key = { id: "wo-stream" };
    await send(new PutCommand({ TableName: orders(), Item: { ...Key, version: 1 } }));
    for (let version = 2; version <= 20; version++)
      await send(
        new UpdateCommand({
          TableName: orders(),
          Key,
          UpdateExpression: "SET version = :v",
          ExpressionAttributeValues: { ":v": version },
        }),
      );
    await send(new DeleteCommand({ TableName: orders(), Key }));
    const records = await recordsOf("wo-stream");
    expect(records.map(({ eventName }) => eventName)).toEqual([
      "INSERT",
      ...Array.from({ length: 19 }, () => "MODIFY"),
      "REMOVE",
    ]);
    records.slice(1, 20).forEach(({ dynamodb }, at) => {
      expect(dynamodb.OldImage).toMatchObject({ version: { N: String(at + 1) } });
      expect(dynamodb.NewImage).toMatchObject({ version: { N: String(at + 2) } });
    });
    expect(records[0]?.dynamodb.OldImage).toBeUndefined();
    expect(records.at(-1)?.dynamodb.NewImage).toBeUndefined();
    const numbers = records.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber));
    expect(numbers).toEqual(numbers.toSorted((one, other) => (one < other ? -1 : 1)));
  });

  it("carry the writes of a transaction", async () => {
    await send(
      new TransactWriteCommand({ TransactItems: [{ Put: { TableName: orders(), Item: { id: "wo-stream-tx" } } }] }),
    );
    expect((await recordsOf("wo-stream-tx")).map(({ eventName }) => eventName)).toEqual(["INSERT"]);
  });
});

it("needs no account: any credentials do", async () => {
  const other = new DynamoDBClient({
    endpoint: stack.config.AWS_ENDPOINT_URL_DYNAMODB,
    ...localCredentials,
    credentials: { accessKeyId: "another", secretAccessKey: "user" },
  });
  const response = await other.send(new DescribeTableCommand({ TableName: orders() }));
  expect(response.Table?.TableStatus).toBe("ACTIVE");
  other.destroy();
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { commandQueue } from "@email-agent/shared/adapters/commandQueue.ts";
import { type StepCommand, stepCommandSchema } from "@email-agent/shared/messages/stepCommand.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { ulid } from "ulid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeStreamRouter } from "../lambdas/streamRouter.ts";
import { type StreamPumpOptions, startStreamPump } from "./streamPump.ts";
import { startTestStack, type TestStack } from "./testStack.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
let stack: TestStack;
let folder: string;

beforeEach(async () => {
  stack = await startTestStack({ cloud: true });
  folder = await mkdtemp(join(tmpdir(), "stream-pump-"));
});
afterEach(async () => {
  await stack[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const router = () => makeStreamRouter({ queue: commandQueue(stack.aws, stack.config), log: silent });
function pump(options: Partial<StreamPumpOptions> = {}) {
  const { AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl, WORK_ORDERS_TABLE: tableName } = stack.config;
  const checkpointFile = join(folder, "position.json");
  return startStreamPump({ dynamoUrl, tableName, checkpointFile, handler: router(), ...options });
}

function aCommand(action = "start") {
  return { id: ulid(), step: "Count", action, requestedBy: "anna", requestedAt: "2026-01-01T00:00:00.000Z" };
}

async function put(id: string, fields: Record<string, unknown> = {}): Promise<void> {
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.WORK_ORDERS_TABLE, Item: { id, ...fields } }));
}

async function command(id: string, action = "start"): Promise<string> {
  const given = aCommand(action);
  const update = {
    TableName: stack.config.WORK_ORDERS_TABLE,
    Key: { id },
    UpdateExpression: "SET command = :command, pendingCommandAt = :at",
    ExpressionAttributeValues: { ":command": given, ":at": given.requestedAt },
  };
  await stack.aws.dynamo.send(new UpdateCommand(update));
  return given.id;
}

/** What ingest does to a judged command, and workers to the order after it. */
async function update(id: string, UpdateExpression: string, values?: Record<string, unknown>): Promise<void> {
  const request = { TableName: stack.config.WORK_ORDERS_TABLE, Key: { id }, UpdateExpression };
  await stack.aws.dynamo.send(new UpdateCommand({ ...request, ...(values && { ExpressionAttributeValues: values }) }));
}

/** The commands on the queue, received until `count` are there (each stays hidden for half a minute). */
async function received(count: number): Promise<StepCommand[]> {
  const found: StepCommand[] = [];
  await eventually(`${count} commands arrive`, async () => {
    const receive = new ReceiveMessageCommand({ QueueUrl: stack.config.SQS_QUEUE_URL, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await stack.aws.sqs.send(receive);
    found.push(...Messages.map(({ Body }) => stepCommandSchema.parse(JSON.parse(Body ?? ""))));
    return found.length >= count;
  });
  return found;
}

describe("stream pump", () => {
  test("acceptance 3: a thousand worker writes produce no message, one new command exactly one", async () => {
    await using _ = await pump();
    await put("wo-1");
    const first = await command("wo-1");
    for (let from = 0; from < 1000; from += 50)
      await Promise.all(Array.from({ length: 50 }, () => update("wo-1", "ADD version :one", { ":one": 1 })));
    const last = await command("wo-2");
    // The stream is read in order: once the last command is there, every write before it was looked at.
    expect((await received(2)).map(({ commandId }) => commandId).toSorted()).toEqual([first, last].toSorted());
  });

  test("acceptance 88: the writes of workers after the judgement do not invoke the stream router, the next command does", async () => {
    const seen: string[] = [];
    const route = router();
    const handler: StreamPumpOptions["handler"] = async (event) => {
      const { Records } = event as unknown as { Records: { dynamodb: { Keys: { id: { S: string } } } }[] };
      seen.push(...Records.map(({ dynamodb }) => dynamodb.Keys.id.S));
      return route(event);
    };
    await using _ = await pump({ handler });
    await put("wo-1");
    await command("wo-1");
    await update("wo-1", "REMOVE pendingCommandAt");
    for (let n = 0; n < 100; n++) await update("wo-1", "ADD version :one", { ":one": 1 });
    await command("wo-2");
    await received(2);
    expect(seen).toEqual(["wo-1", "wo-2"]);
  });

  test("a start and the stop behind it arrive in this order", async () => {
    const start = await command("wo-1");
    const stop = await command("wo-1", "stop");
    await using _ = await pump();
    expect((await received(2)).map(({ commandId }) => commandId)).toEqual([start, stop]);
  });

  test("commands written while the pump is down are delivered when it is back, earlier ones are not repeated", async () => {
    const seen: string[] = [];
    const route = router();
    const handler: StreamPumpOptions["handler"] = async (event) => {
      const { Records } = event as unknown as { Records: { eventID: string }[] };
      seen.push(...Records.map(({ eventID }) => eventID));
      return route(event);
    };
    const before = await (async () => {
      await using _ = await pump({ handler });
      const id = await command("wo-1");
      await received(1);
      return id;
    })();
    const [later] = [await command("wo-2")];
    await using _ = await pump({ handler });
    const arrived = (await received(1)).map(({ commandId }) => commandId);
    expect(arrived).toEqual([later]);
    expect(arrived).not.toContain(before);
    expect(seen).toEqual([...new Set(seen)]);
  });

  test("without its checkpoint it reads the stream again and loses nothing", async () => {
    const ids = [await command("wo-1"), await command("wo-2")];
    await using _ = await pump({ checkpointFile: join(folder, "other.json") });
    expect((await received(2)).map(({ commandId }) => commandId).toSorted()).toEqual(ids.toSorted());
  });

  test("a command that keeps failing goes to the failure queue; those behind it arrive", async () => {
    const failed: unknown[] = [];
    await using _ = await pump({
      maxAttempts: 2,
      onFailed: async (record) => void failed.push(record.dynamodb["Keys"]),
    });
    const malformed = { ...aCommand(), id: "not-a-ulid" };
    await put("wo-bad", { command: malformed, pendingCommandAt: malformed.requestedAt });
    const good = await command("wo-good");
    expect((await received(1)).map(({ commandId }) => commandId)).toEqual([good]);
    await eventually("the failed record is put aside", () => failed.length > 0);
    expect(failed).toEqual([{ id: { S: "wo-bad" } }]);
  });

  test("a handler that throws for a while loses nothing", async () => {
    const route = router();
    let failures = 3;
    const handler: StreamPumpOptions["handler"] = async (event) => {
      if (failures-- > 0) throw new Error("out of memory");
      return route(event);
    };
    await using _ = await pump({ handler });
    const id = await command("wo-1");
    expect((await received(1)).map(({ commandId }) => commandId)).toEqual([id]);
  });
});

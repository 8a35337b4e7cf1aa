import type { OutgoingCommand } from "@email-agent/shared/adapters/commandQueue.ts";
import { stepCommandSchema } from "@email-agent/shared/messages/stepCommand.ts";
import { ulid } from "ulid";
import { describe, expect, test } from "vitest";
import type { Image, StreamRecord } from "./commandOf.ts";
import { makeStreamRouter } from "./streamRouter.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function commandImage(id: string, fields: Record<string, string> = {}): Image {
  const values = { id, step: "Count", action: "start", requestedBy: "anna", requestedAt: "2026-01-01T00:00:00.000Z" };
  const M = Object.fromEntries(Object.entries({ ...values, ...fields }).map(([name, S]) => [name, { S }]));
  return { command: { M } };
}

let sequence = 0;
function change(workOrderId: string, before: Image | undefined, after: Image | undefined): StreamRecord {
  sequence += 1;
  const withId = (image: Image | undefined) => image && { id: { S: workOrderId }, ...image };
  const [NewImage, OldImage] = [withId(after), withId(before)];
  return {
    dynamodb: { SequenceNumber: String(sequence), ...(NewImage && { NewImage }), ...(OldImage && { OldImage }) },
  };
}

/** A queue that refuses the commands of some orders, or fails as a whole. */
function aQueue(refusing: ReadonlySet<string> = new Set(), failing = false) {
  const taken: OutgoingCommand[] = [];
  return {
    taken,
    async send(commands: readonly OutgoingCommand[]) {
      if (failing) throw new Error("queue away");
      return commands.flatMap((entry, position) => {
        if (refusing.has(entry.command.workOrderId)) return [position];
        taken.push(entry);
        return [];
      });
    },
  };
}

describe("stream router", () => {
  test("acceptance 3: forwards one new command exactly once and no worker write, however many", async () => {
    const queue = aQueue();
    const route = makeStreamRouter({ queue, log: silent });
    const command = commandImage(ulid());
    const workerWrites = Array.from({ length: 1000 }, (_, n) =>
      change("wo-1", { ...command, version: { S: String(n) } }, { ...command, version: { S: String(n + 1) } }),
    );
    const result = await route({ Records: [change("wo-1", {}, command), ...workerWrites] });
    expect(result).toEqual({ batchItemFailures: [] });
    expect(queue.taken).toHaveLength(1);
    const only = queue.taken[0] as OutgoingCommand;
    expect(only.command).toEqual({
      v: 1,
      commandId: command["command"]?.M?.["id"]?.S,
      workOrderId: "wo-1",
      step: "Count",
      action: "start",
      requestedBy: "anna",
      requestedAt: "2026-01-01T00:00:00.000Z",
    });
    expect(only.deduplicationId).toBe(only.command.commandId);
  });

  test("forwards every field of a command", async () => {
    const queue = aQueue();
    const { command } = commandImage(ulid(), { step: "Send" });
    const texts = { startAt: "2026-01-02T08:00:00.000Z", selection: "s-1", traceparent: "00-1-2-01" };
    const attributes = Object.entries(texts).map(([name, S]) => [name, { S }]);
    const M = {
      ...command?.M,
      ...Object.fromEntries(attributes),
      confirmedRecipients: { N: "7" },
      note: { S: "of a later release" },
    };
    await makeStreamRouter({ queue, log: silent })({ Records: [change("wo-1", {}, { command: { M } })] });
    const [forwarded] = queue.taken.map((entry) => entry.command);
    expect(forwarded).toMatchObject({ ...texts, confirmedRecipients: 7 });
    expect(Object.keys(forwarded ?? {}).sort()).toEqual(Object.keys(stepCommandSchema.shape).sort());
  });

  test("forwards the number a user confirmed with the start of a Send", async () => {
    const queue = aQueue();
    const { command } = commandImage(ulid(), { step: "Send" });
    const confirmed: Image = { command: { M: { ...command?.M, confirmedRecipients: { N: "1471" } } } };
    await makeStreamRouter({ queue, log: silent })({ Records: [change("wo-1", {}, confirmed)] });
    expect(queue.taken.map((entry) => entry.command.confirmedRecipients)).toEqual([1471]);
  });

  test("forwards a command that came with a new order and one that replaced another; skips deletions and markers", async () => {
    const queue = aQueue();
    const [first, second] = [ulid(), ulid()];
    await makeStreamRouter({ queue, log: silent })({
      Records: [
        change("wo-1", undefined, commandImage(first)),
        change("wo-1", commandImage(first), commandImage(second, { action: "stop" })),
        change("wo-1", commandImage(second), undefined),
        change("key#E_s_reg", undefined, { workOrderId: { S: "wo-1" } }),
      ],
    });
    expect(queue.taken.map(({ command }) => [command.commandId, command.action])).toEqual([
      [first, "start"],
      [second, "stop"],
    ]);
  });

  test("reports each failed record and holds back later commands of the same order only", async () => {
    const queue = aQueue(new Set(["wo-bad"]));
    const [bad1, good, bad2] = ["wo-bad", "wo-good", "wo-bad"].map((order) =>
      change(order, undefined, commandImage(ulid())),
    ) as [StreamRecord, StreamRecord, StreamRecord];
    const result = await makeStreamRouter({ queue, log: silent })({ Records: [bad1, good, bad2] });
    expect(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      bad1.dynamodb.SequenceNumber,
      bad2.dynamodb.SequenceNumber,
    ]);
    expect(queue.taken.map(({ command }) => command.workOrderId)).toEqual(["wo-good"]);
  });

  test("sends more than ten commands in order, and reports all of them when the queue is away", async () => {
    const Records = Array.from({ length: 25 }, (_, n) => change(`wo-${n % 12}`, undefined, commandImage(ulid())));
    const queue = aQueue();
    await makeStreamRouter({ queue, log: silent })({ Records });
    const sent = queue.taken.map(({ command }) => command.commandId);
    expect(sent).toEqual(Records.map((record) => record.dynamodb.NewImage?.["command"]?.M?.["id"]?.S));
    const result = await makeStreamRouter({ queue: aQueue(new Set(), true), log: silent })({ Records });
    expect(result.batchItemFailures).toHaveLength(25);
  });

  test("a malformed command is reported, logged once with the field, and harms no other", async () => {
    const lines: string[] = [];
    const log = { ...silent, error: (_: unknown, message: string) => void lines.push(message) };
    const queue = aQueue();
    const malformed = change("wo-1", undefined, commandImage("not-a-ulid"));
    const result = await makeStreamRouter({ queue, log })({
      Records: [malformed, change("wo-2", undefined, commandImage(ulid()))],
    });
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: malformed.dynamodb.SequenceNumber }]);
    expect(queue.taken).toHaveLength(1);
    expect(lines).toEqual([expect.stringContaining("commandId")]);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { deliverBatch } from "./deliverBatch.ts";
import type { StreamRecord } from "./streamApi.ts";

const records = (count: number): StreamRecord[] =>
  Array.from({ length: count }, (_, n) => ({
    eventID: String(n),
    eventName: "MODIFY",
    dynamodb: { SequenceNumber: String(n) },
  }));

/** A Lambda with good, failing and poisonous records; what it took and what was given up on. */
function aLambda(failing: ReadonlySet<string>, poison: ReadonlySet<string>, recoverAfter = Number.POSITIVE_INFINITY) {
  const taken: string[] = [];
  const givenUp: string[] = [];
  let calls = 0;
  const handler = async (event: never) => {
    calls += 1;
    const well = calls > recoverAfter;
    const sequence = (event as { Records: StreamRecord[] }).Records.map((record) => record.dynamodb.SequenceNumber);
    if (!well && sequence.some((number) => poison.has(number))) throw new Error("bad batch");
    const failed = well ? [] : sequence.filter((number) => failing.has(number));
    taken.push(...sequence.filter((number) => !failed.includes(number)));
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
  const failed = async (record: StreamRecord) => void givenUp.push(record.dynamodb.SequenceNumber);
  return { taken, givenUp, delivery: { handler, failed, maxAttempts: 3, pause: async () => {} } };
}

test("every record is taken, or given up on exactly when it keeps failing by itself", async () => {
  const anySet = fc.uniqueArray(fc.nat(19).map(String), { maxLength: 5 }).map((numbers) => new Set(numbers));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), anySet, anySet, async (count, failing, poison) => {
      const { taken, givenUp, delivery } = aLambda(failing, poison);
      const batch = records(count);
      await deliverBatch(batch, delivery);
      const bad = batch.map(({ eventID }) => eventID).filter((number) => failing.has(number) || poison.has(number));
      expect(givenUp).toEqual(bad);
      expect(new Set(taken)).toEqual(new Set(batch.map(({ eventID }) => eventID).filter((n) => !bad.includes(n))));
    }),
  );
});

test("a record that succeeds at the second try is not given up on, and later ones follow it in order", async () => {
  const { taken, givenUp, delivery } = aLambda(new Set(["0"]), new Set(), 1);
  await deliverBatch(records(2), delivery);
  expect({ taken: taken.slice(-2), givenUp }).toEqual({ taken: ["0", "1"], givenUp: [] });
});

test("while the failure queue is away nothing is lost and nothing goes on", async () => {
  const { givenUp, delivery } = aLambda(new Set(["0"]), new Set());
  let away = 3;
  const failed = async (record: StreamRecord) => {
    if (away-- > 0) throw new Error("failure queue away");
    await delivery.failed(record);
  };
  await deliverBatch(records(1), { ...delivery, failed });
  expect(givenUp).toEqual(["0"]);
});

import type { StreamRecord } from "./streamApi.ts";

/** The Lambda behind the stream: returns the sequence numbers to be delivered again, or throws. */
export type StreamHandler = (event: never) => Promise<{ batchItemFailures: readonly { itemIdentifier: string }[] }>;

export interface Delivery {
  readonly handler: StreamHandler;
  /** How often a single record is tried before it goes to `failed`. */
  readonly maxAttempts: number;
  /** Takes a poison message, one that keeps failing: the failure queue. A throw keeps retrying the record. */
  failed(record: StreamRecord): Promise<void>;
  /** Waits before attempt `attempt` + 1 of a single record; throws to end everything. */
  pause(attempt: number): Promise<void>;
}

/**
 * Delivers records in order as a Lambda event source mapping does: partial failures go on from the lowest failed record,
 * a throw splits the batch in two, and a record that keeps failing alone goes to the failure queue. Lambda gives up the
 * whole rest of a batch then; here only the failing record itself is given up.
 */
export async function deliverBatch(records: readonly StreamRecord[], delivery: Delivery): Promise<void> {
  const [first] = records;
  if (!first) return;
  if (records.length === 1) return deliverOne(first, delivery);
  const failedAt = await invoke(records, delivery.handler);
  if (failedAt === undefined) return;
  if (failedAt === "thrown") {
    const half = Math.ceil(records.length / 2);
    await deliverBatch(records.slice(0, half), delivery);
    return deliverBatch(records.slice(half), delivery);
  }
  await deliverOne(records[failedAt] as StreamRecord, delivery);
  return deliverBatch(records.slice(failedAt + 1), delivery);
}

async function deliverOne(record: StreamRecord, delivery: Delivery): Promise<void> {
  for (let attempt = 1; attempt <= delivery.maxAttempts; attempt++) {
    if (attempt > 1) await delivery.pause(attempt - 1);
    if ((await invoke([record], delivery.handler)) === undefined) return;
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await delivery.failed(record);
    } catch {
      // The failure queue is away too: nothing may be lost, so nothing goes on.
      await delivery.pause(attempt);
    }
  }
}

/** Position of the lowest failed record; undefined if all were taken. An identifier that is not in the batch fails all of it. */
async function invoke(
  records: readonly StreamRecord[],
  handler: StreamHandler,
): Promise<number | "thrown" | undefined> {
  // The handler gets a copy, as over the wire.
  const event = structuredClone({ Records: records });
  const result = await handler(event as never).catch(() => undefined);
  if (!result) return "thrown";
  const failed = result.batchItemFailures.map(({ itemIdentifier }) =>
    records.findIndex((record) => record.dynamodb.SequenceNumber === itemIdentifier),
  );
  return failed.length === 0 ? undefined : Math.max(0, Math.min(...failed));
}

import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { routerFilter } from "../resources.ts";
import { type Checkpoint, openCheckpoint } from "./streamPump/checkpoint.ts";
import { type Delivery, deliverBatch, type StreamHandler } from "./streamPump/deliverBatch.ts";
import { matchesFilter } from "./streamPump/matchesFilter.ts";
import { type StreamApi, type StreamRecord, streamApi } from "./streamPump/streamApi.ts";

export interface StreamPumpOptions {
  readonly dynamoUrl: string;
  readonly tableName: string;
  /** The stream router's handler. */
  readonly handler: StreamHandler;
  /** Keeps the position over restarts. Default: none, and every start reads the stream from its oldest record. */
  readonly checkpointFile?: string;
  /** Takes a record that failed `maxAttempts` times. Default: it is dropped (ingest finds the command by itself). */
  readonly onFailed?: (record: StreamRecord) => Promise<void>;
  /** Called when the stream cannot be read, once per outage. */
  readonly onError?: (error: unknown) => void;
  readonly batchSize?: number;
  readonly maxAttempts?: number;
  /** Between two looks at an idle stream, default 40; and for two seconds after a change, default 15. */
  readonly pollMilliseconds?: number;
  readonly busyPollMilliseconds?: number;
}

const idleAfterMilliseconds = 2000;
const outageMilliseconds = 500;
const discoveryMilliseconds = 30_000;

interface Pump {
  readonly options: StreamPumpOptions;
  readonly api: StreamApi;
  readonly streamArn: string;
  readonly checkpoint: Checkpoint;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
}

/**
 * Reads the table's stream and calls the handler as a Lambda event source mapping does: with the records that pass
 * `routerFilter`, in order per shard, children after their parents, at least once.
 */
export async function startStreamPump(options: StreamPumpOptions): Promise<AsyncDisposable> {
  const ending = new AbortController();
  const { signal } = ending;
  const stack = new DisposableStack();
  const api = stack.use(streamApi(options.dynamoUrl));
  const streamArn = await api.streamArn(options.tableName);
  const checkpoint = stack.use(openCheckpoint(streamArn, options.checkpointFile));
  const delivery: Delivery = {
    handler: options.handler,
    maxAttempts: options.maxAttempts ?? 5,
    failed: options.onFailed ?? (async () => {}),
    pause: (attempt) => clock.sleep(Math.min(100 * 2 ** (attempt - 1), 2000), signal),
  };
  const pumping = readStream({ options, api, streamArn, checkpoint, delivery, signal });
  return {
    async [Symbol.asyncDispose]() {
      ending.abort(new Error("the pump ends"));
      await pumping;
      stack.dispose();
    },
  };
}

/** Starts a reader for each shard whose parent was read to its end, and looks for new shards until the end. */
async function readStream(pump: Pump): Promise<void> {
  const started = new Set<string>();
  const finished = new Set<string>();
  const readers = new Set<Promise<void>>();
  while (!pump.signal.aborted) {
    const shards = await retryUntilDone(pump, () => pump.api.shards(pump.streamArn));
    const listed = new Set(shards?.map(({ id }) => id));
    for (const { id, parentId } of shards ?? []) {
      const ready = !parentId || finished.has(parentId) || !listed.has(parentId);
      if (started.has(id) || !ready) continue;
      started.add(id);
      const reader: Promise<void> = readShard(pump, id)
        .then(() => void finished.add(id))
        .finally(() => readers.delete(reader));
      readers.add(reader);
    }
    const wait = clock.sleep(discoveryMilliseconds, pump.signal).catch(() => {});
    await Promise.race([wait, ...readers]);
  }
  await Promise.all(readers);
}

async function readShard(pump: Pump, shardId: string): Promise<void> {
  const { api, checkpoint, delivery, signal, options } = pump;
  let iterator = await retryUntilDone(pump, () => openIterator(pump, shardId));
  let lastChange = clock.monotonic();
  while (iterator && !signal.aborted) {
    const from = iterator;
    const page = await retryUntilDone(pump, async () => {
      try {
        return await api.records(from, options.batchSize ?? 100);
      } catch (error) {
        // An iterator lives 15 minutes and does not outlive every restart of the endpoint.
        if (!isApiError(error)) throw error;
        return { records: [], next: await openIterator(pump, shardId) };
      }
    });
    if (!page) return;
    const last = page.records.at(-1);
    if (last) {
      lastChange = clock.monotonic();
      const passing = page.records.filter((record) => matchesFilter(record, routerFilter));
      await deliverBatch(passing, delivery).catch((error) => {
        if (!signal.aborted) throw error;
      });
      if (signal.aborted) return;
      checkpoint.advance(shardId, last.dynamodb.SequenceNumber);
    } else {
      const busy = clock.monotonic() - lastChange < idleAfterMilliseconds;
      const { pollMilliseconds = 40, busyPollMilliseconds = 15 } = options;
      await clock.sleep(busy ? busyPollMilliseconds : pollMilliseconds, signal).catch(() => {});
    }
    iterator = page.next;
  }
}

/** Behind the last delivered record; from the oldest one if that was trimmed (streams keep 24 hours). */
async function openIterator({ api, streamArn, checkpoint }: Pump, shardId: string): Promise<string> {
  try {
    return await api.iterator(streamArn, shardId, checkpoint.position(shardId));
  } catch (error) {
    if (isApiError(error) && error.name === "TrimmedDataAccessException") return api.iterator(streamArn, shardId);
    throw error;
  }
}

/** Repeats a call until it succeeds; undefined once the pump ends. */
async function retryUntilDone<Result>(pump: Pump, call: () => Promise<Result>): Promise<Result | undefined> {
  for (let reported = false; !pump.signal.aborted; reported = true) {
    try {
      return await call();
    } catch (error) {
      if (!reported) pump.options.onError?.(error);
      await clock.sleep(outageMilliseconds, pump.signal).catch(() => {});
    }
  }
  return undefined;
}

/** The endpoint returned an exception of its own; everything else is an outage. */
function isApiError(error: unknown): error is Error {
  return error instanceof Error && error.name.endsWith("Exception");
}

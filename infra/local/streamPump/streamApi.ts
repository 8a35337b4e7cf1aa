import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";

/** The few calls of DynamoDB and DynamoDB Streams the pump makes, by their JSON protocol. Local endpoints only. */
export interface StreamApi extends Disposable {
  /** The stream of a table; throws if it has none. */
  streamArn(tableName: string): Promise<string>;
  /** Every shard of the stream, all pages. */
  shards(streamArn: string): Promise<Shard[]>;
  /** An iterator behind `position`, or at the oldest record there is. */
  iterator(streamArn: string, shardId: string, position?: string): Promise<string>;
  /** At most `limit` records, and the next iterator (absent once a closed shard was read to its end). */
  records(iterator: string, limit: number): Promise<{ records: StreamRecord[]; next?: string }>;
}

interface Shard {
  readonly id: string;
  readonly parentId?: string;
}

/** A record as GetRecords gives it: also the shape Lambda passes to a handler. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly dynamodb: { readonly SequenceNumber: string } & Record<string, unknown>;
}

/** Errors the endpoint returns carry the exception's name (`ExpiredIteratorException`); all others are outages. */
export function streamApi(endpointUrl: string): StreamApi {
  const agent = new Agent({ keepAlive: true });
  const endpoint = new URL(endpointUrl);
  const call = (target: string, body: object) => post(endpoint, agent, target, body);
  const streams = (operation: string, body: object) => call(`DynamoDBStreams_20120810.${operation}`, body);
  return {
    async streamArn(TableName) {
      const { Table } = await call("DynamoDB_20120810.DescribeTable", { TableName });
      if (!Table.LatestStreamArn) throw new Error(`Table ${TableName} has no stream: switch on new and old images.`);
      return Table.LatestStreamArn;
    },
    async shards(StreamArn) {
      const found: Shard[] = [];
      let ExclusiveStartShardId: string | undefined;
      do {
        const { StreamDescription } = await streams("DescribeStream", { StreamArn, ExclusiveStartShardId });
        for (const { ShardId, ParentShardId } of StreamDescription.Shards)
          found.push({ id: ShardId, ...(ParentShardId && { parentId: ParentShardId }) });
        ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId;
      } while (ExclusiveStartShardId);
      return found;
    },
    async iterator(StreamArn, ShardId, position) {
      const from = position
        ? { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position }
        : { ShardIteratorType: "TRIM_HORIZON" };
      return (await streams("GetShardIterator", { StreamArn, ShardId, ...from })).ShardIterator;
    },
    async records(ShardIterator, Limit) {
      const response = await streams("GetRecords", { ShardIterator, Limit });
      return {
        records: response.Records ?? [],
        ...(response.NextShardIterator && { next: response.NextShardIterator }),
      };
    },
    [Symbol.dispose]() {
      agent.destroy();
    },
  };
}

const headers = {
  "content-type": "application/x-amz-json-1.0",
  // Local endpoints look at the form of a signature, not at its truth.
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
  "x-amz-date": "20260101T000000Z",
};

// biome-ignore lint/suspicious/noExplicitAny: five responses of a documented protocol, each read in one line above.
async function post(endpoint: URL, agent: Agent, target: string, body: object): Promise<any> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const call = request(
    endpoint,
    { method: "POST", agent, headers: { ...headers, "x-amz-target": target } },
    (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    },
  );
  call.on("error", reject);
  call.end(JSON.stringify(body));
  const response = await promise;
  const value = JSON.parse(response.body);
  if (response.status === 200) return value;
  const name = String(value.__type ?? "").replace(/^.*#/, "") || `HTTP ${response.status}`;
  throw Object.assign(new Error(`${target}: ${value.message ?? name}`), { name });
}

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface MeteredDynamo extends AsyncDisposable {
  readonly url: string;
  /** Write units consumed so far, by operation and table. */
  readonly writeUnits: Map<string, number>;
}

const writes = new Set([
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "TransactWriteItems",
  "ExecuteStatement",
  "BatchExecuteStatement",
]);

/** A proxy before DynamoDB that requests the consumed capacity of every call and sums that of writes. */
export async function meterDynamo(url: string, writeUnits = new Map<string, number>()): Promise<MeteredDynamo> {
  const server = createServer(async (incoming, outgoing) => {
    const input = { ...((await json(incoming)) as object), ReturnConsumedCapacity: "TOTAL" };
    const body = Buffer.from(JSON.stringify(input));
    const headers = { ...incoming.headers, "content-length": String(body.length) };
    const forwarded = request(url, { method: incoming.method ?? "POST", path: incoming.url ?? "/", headers });
    forwarded.on("response", async (response) => {
      const output = (await json(response)) as { ConsumedCapacity?: Consumed | Consumed[] };
      const operation = String(incoming.headers["x-amz-target"]).split(".")[1] ?? "";
      if (writes.has(operation))
        for (const { TableName, CapacityUnits } of [output.ConsumedCapacity ?? []].flat()) {
          const key = `${operation} ${TableName}`;
          writeUnits.set(key, (writeUnits.get(key) ?? 0) + CapacityUnits);
        }
      const { "content-length": _, "x-amz-crc32": __, ...kept } = response.headers;
      outgoing.writeHead(response.statusCode ?? 500, kept);
      outgoing.end(JSON.stringify(output));
    });
    forwarded.on("error", (error) => outgoing.destroy(error));
    forwarded.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writeUnits,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

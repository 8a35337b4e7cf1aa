import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tables } from "../resources.ts";
import { createTables } from "./createTables.ts";
import { type LocalDynamo, startDynamo } from "./dynamo.ts";
import { localCredentials } from "./localCredentials.ts";
import { tidyStreamRecords } from "./streamRecords.ts";

let folder: string;
let dataFile: string;
let dynamo: LocalDynamo;
let database: DatabaseSync;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "email-agent-streams-test-"));
  dataFile = join(folder, "tables.db");
  dynamo = await startDynamo({ dataFile });
  await createTables(dynamo.url);
  database = new DatabaseSync(dataFile);
});
afterAll(async () => {
  database.close();
  await dynamo[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function putOrders(...ids: string[]) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: dynamo.url, ...localCredentials }));
  for (const id of ids) await client.send(new PutCommand({ TableName: tables.WORK_ORDERS_TABLE.name, Item: { id } }));
}
const numbers = () =>
  database
    .prepare("SELECT sequence_number FROM _stream_records ORDER BY id")
    .all()
    .map((row) => Number(row["sequence_number"]));

it("lets the next number and the next records be found without reading all", () => {
  const next =
    "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1";
  const read = `SELECT event_name FROM _stream_records WHERE table_name = ?1 AND shard_id = ?2
    AND CAST(sequence_number AS INTEGER) > ?3 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT ?4`;
  for (const query of [next, read]) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all();
    expect(plan.map(({ detail }) => detail)).toEqual([expect.stringMatching(/^SEARCH .*stream_records_in_order/)]);
  }
});

it("forgets records older than a day, keeps the last one, and goes on counting behind it", async () => {
  await putOrders("wo-1", "wo-2", "wo-3");
  database.exec("UPDATE _stream_records SET created_at = created_at - 90000");
  tidyStreamRecords(dataFile);
  expect(numbers()).toEqual([3]);
  await putOrders("wo-4");
  tidyStreamRecords(dataFile);
  expect(numbers()).toEqual([4]);
  await putOrders("wo-5");
  tidyStreamRecords(dataFile);
  expect(numbers()).toEqual([4, 5]);
});

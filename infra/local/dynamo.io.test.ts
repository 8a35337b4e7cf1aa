import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, it } from "vitest";
import { tables } from "../resources.ts";
import { createTables } from "./createTables.ts";
import { startDynamo } from "./dynamo.ts";
import { freePort } from "./freePort.ts";
import { localCredentials } from "./localCredentials.ts";

const client = (endpoint: string) => DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, ...localCredentials }));
const Key = { aid: "EV-1" };

it("keeps tables and items over kill -9 when it has a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "email-agent-dynamo-test-"));
  const dataFile = join(folder, "tables.db");
  const first = await startDynamo({ dataFile });
  await createTables(first.url);
  await client(first.url).send(new PutCommand({ TableName: tables.EVENTS_TABLE.name, Item: { ...Key, name: "kept" } }));
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  await using second = await startDynamo({ dataFile });
  await createTables(second.url);
  const { Item } = await client(second.url).send(new GetCommand({ TableName: tables.EVENTS_TABLE.name, Key }));
  expect(Item).toMatchObject({ name: "kept" });
  rmSync(folder, { recursive: true });
});

it("listens on loopback only", async () => {
  await using dynamo = await startDynamo();
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address;
  const answer = await new Promise((resolve) => {
    const socket = connect({ host: outside ?? "127.0.0.2", port: Number(new URL(dynamo.url).port) });
    socket.once("connect", () => resolve("connected")).once("error", () => resolve("refused"));
  });
  expect(answer).toBe("refused");
});

it("says that a port is taken", async () => {
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  await expect(startDynamo({ port })).rejects.toThrow(/Port \d+.*DynamoDB.*taken/);
  other.close();
});

it("starts many at once, each on a port of its own", async () => {
  const started = await Promise.all(Array.from({ length: 8 }, () => startDynamo()));
  expect(new Set(started.map(({ url }) => url)).size).toBe(8);
  await Promise.all(started.map((dynamo) => dynamo[Symbol.asyncDispose]()));
});

it("ends with the process that started it, even when that is killed", async () => {
  const starter = `import { startDynamo } from ${JSON.stringify(new URL("./dynamo.ts", import.meta.url).href)};
    const dynamo = await startDynamo();
    console.log(dynamo.url);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module-typescript", "-e", starter]);
  const url = await new Promise<string>((resolve) => createInterface({ input: parent.stdout }).once("line", resolve));
  expect((await fetch(url)).status).toBe(200);
  parent.kill("SIGKILL");
  await eventually("nobody answers any more", () =>
    fetch(url).then(
      () => false,
      () => true,
    ),
  );
});

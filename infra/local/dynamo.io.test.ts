import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { describe, expect, it } from "vitest";
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
  const outcome = await new Promise((resolve) => {
    const socket = connect({ host: outside ?? "127.0.0.2", port: Number(new URL(dynamo.url).port) });
    socket.once("connect", () => resolve("connected")).once("error", () => resolve("refused"));
  });
  expect(outcome).toBe("refused");
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
  await eventually("the database is gone", () =>
    fetch(url).then(
      () => false,
      () => true,
    ),
  );
});

describe("web pages", () => {
  const credential =
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
  const listTables = (url: string, headers: Record<string, string>) =>
    new Promise<{ status?: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const target = {
        "x-amz-target": "DynamoDB_20120810.ListTables",
        "content-type": "application/x-amz-json-1.0",
        "x-amz-date": "20260101T000000Z",
      };
      const call = request(url, { method: "POST", headers: { ...target, ...headers } }, async (outcome) =>
        resolve({ status: outcome.statusCode, headers: outcome.headers, body: await text(outcome) }),
      );
      call.once("error", reject).end("{}");
    });

  it("are refused whatever they send, and a signed request of a program is served", async () => {
    await using dynamo = await startDynamo();
    expect(await listTables(dynamo.url, { authorization: credential })).toMatchObject({
      status: 200,
      body: '{"TableNames":[]}',
    });
    expect((await listTables(dynamo.url, {})).body).toContain("MissingAuthenticationToken");
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { host: "evil.example" },
    ];
    for (const headers of foreign) {
      const outcome = await listTables(dynamo.url, { authorization: credential, ...headers });
      expect(outcome.status).toBe(403);
      expect(Object.keys(outcome.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  it("find no way around the guard: a head that comes in pieces is judged whole, one without end is cut", async () => {
    await using dynamo = await startDynamo();
    const port = Number(new URL(dynamo.url).port);
    const say = (...pieces: string[]) =>
      new Promise<string>((resolve) => {
        let said = "";
        const socket = connect({ host: "127.0.0.1", port, noDelay: true }, async () => {
          for (const piece of pieces) {
            socket.write(piece);
            await new Promise((next) => setTimeout(next, 20));
          }
        });
        socket.on("data", (chunk) => {
          said += chunk;
        });
        socket.on("error", () => {}).once("close", () => resolve(said));
      });
    const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${credential}\r\n`;
    expect(await say(head, "Ori", "gin: https://evil.example\r", "\n\r", "\n{}")).toMatch(/^HTTP\/1.1 403 /);
    expect(await say(head, "Origin : https://evil.example\r\n\r\n{}")).toMatch(/^HTTP\/1.1 400 /);
    expect(await say(head, " folded: line\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
    expect(await say(head, `X: ${"x".repeat(20_000)}`)).toMatch(/^HTTP\/1.1 431 /);
  });
});

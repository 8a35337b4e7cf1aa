import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { bundleLambda } from "./lambdaFunction.ts";

const folder = mkdtempSync(join(tmpdir(), "email-agent-bundles-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = ["streamRouter", "connect", "disconnect"] as const;
const load = (name: string) => import(pathToFileURL(join(folder, name, "index.mjs")).href);

beforeAll(() => {
  for (const name of names) bundleLambda(name, join(folder, name));
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("SQS_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/1/work-order-queue.fifo");
  vi.stubEnv("CONNECTIONS_TABLE", "Connections");
  vi.stubEnv("REALTIME_TICKET_SECRET", "a-secret-of-sixteen-characters");
  return () => vi.unstubAllEnvs();
});

it.each(names)("bundles %s into one file that loads as it is and stays small", async (name) => {
  expect((await load(name)).handler).toBeTypeOf("function");
  expect(statSync(join(folder, name, "index.mjs")).size).toBeLessThan(3_000_000);
});

it("answers from the bundle: a change without command is no failure, a forged ticket gets 401", async () => {
  const { handler: route } = await load("streamRouter");
  const record = { dynamodb: { SequenceNumber: "1", NewImage: { id: { S: "wo-1" } } } };
  expect(await route({ Records: [record] })).toEqual({ batchItemFailures: [] });
  const { handler: connect } = await load("connect");
  const event = { requestContext: { connectionId: "c1" }, queryStringParameters: { ticket: "forged" } };
  expect(await connect(event)).toEqual({ statusCode: 401 });
});

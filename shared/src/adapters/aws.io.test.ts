import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startDynamo } from "../../../infra/local/dynamo.ts";
import { openAws } from "./aws.ts";

const at = (url: string) => ({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_DYNAMODB: "" });
process.env["AWS_ACCESS_KEY_ID"] = "local";
process.env["AWS_SECRET_ACCESS_KEY"] = "local";

test("a database that is away, and one that answers 503, are trouble that passes", async () => {
  await using away = openAws(at("http://127.0.0.1:9"));
  await expect(away.dynamo.send(new ScanCommand({ TableName: "any" }))).rejects.toMatchObject({
    code: "storage",
    disposition: "retry",
  });

  const server = createServer((_, response) => response.writeHead(503).end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await using busy = openAws(at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  await expect(busy.dynamo.send(new ScanCommand({ TableName: "any" }))).rejects.toMatchObject({ code: "storage" });
  server.close();
  server.closeAllConnections();
});

/** A service that answers every request with one error, as AWS words it. */
async function refusing(status: number, body: string) {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("what AWS says", () => {
  beforeEach(() => vi.stubEnv("AWS_MAX_ATTEMPTS", "1"));
  afterEach(() => vi.unstubAllEnvs());

  const dynamoError = (name: string, fields: object = {}) =>
    JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "told", ...fields });
  const cancelled = (...codes: string[]) => ({ CancellationReasons: codes.map((Code) => ({ Code })) });
  test.each<[string, object, string | undefined]>([
    ["ProvisionedThroughputExceededException", {}, "storage"],
    ["ThrottlingException", {}, "storage"],
    ["RequestLimitExceeded", {}, "storage"],
    ["TransactionConflictException", {}, "storage"],
    ["TransactionInProgressException", {}, "storage"],
    ["TransactionCanceledException", cancelled("None", "TransactionConflict"), "storage"],
    ["TransactionCanceledException", cancelled("ConditionalCheckFailed", "ThrottlingError"), undefined],
    ["ValidationException", {}, undefined],
    ["AccessDeniedException", {}, undefined],
    ["ConditionalCheckFailedException", {}, undefined],
  ])("DynamoDB's %s %o", async (name, fields, code) => {
    await using server = await refusing(400, dynamoError(name, fields));
    await using aws = openAws(at(server.url));
    const thrown = await aws.dynamo.send(new ScanCommand({ TableName: "any" })).catch((error) => error);
    expect(thrown).toMatchObject(code ? { code, cause: { name } } : { name });
  });

  test.each<[number, string, string | undefined]>([
    [503, "SlowDown", "storage"],
    [500, "InternalError", "storage"],
    [400, "RequestTimeout", "storage"],
    [409, "OperationAborted", "storage"],
    [403, "AccessDenied", undefined],
    [404, "NoSuchBucket", undefined],
  ])("S3's %i %s", async (status, name, code) => {
    await using server = await refusing(status, `<Error><Code>${name}</Code><Message>told</Message></Error>`);
    await using aws = openAws(at(server.url));
    const thrown = await aws.s3.send(new GetObjectCommand({ Bucket: "any", Key: "any" })).catch((error) => error);
    expect(thrown).toMatchObject(code ? { code } : { name });
  });

  test("a source of credentials that breaks off is trouble that passes", async () => {
    const broken = createServer(({ socket }) => socket.destroy()).listen(0, "127.0.0.1");
    await once(broken, "listening");
    const { port } = broken.address() as AddressInfo;
    vi.stubEnv("AWS_ACCESS_KEY_ID", "");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "");
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `http://127.0.0.1:${port}/credentials`);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere");
    vi.stubEnv("AWS_CONFIG_FILE", "/nowhere");
    await using aws = openAws(at("http://127.0.0.1:9"));
    const thrown = await aws.dynamo.send(new ScanCommand({ TableName: "any" })).catch((error) => error);
    broken.close();
    expect(thrown).toMatchObject({ code: "storage", cause: { name: "CredentialsProviderError" } });
  }, 20_000);
});

test("an error of the service that is not transient stays as it is", async () => {
  await using dynamo = await startDynamo();
  await using aws = openAws(at(dynamo.url));
  await expect(aws.dynamo.send(new ScanCommand({ TableName: "not-there" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test.each([
  [200, "{}"],
  [400, JSON.stringify({ __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" })],
])("the clock takes the time from DynamoDB's responses, those with status %i too", async (status, body) => {
  const ahead = 3_600_000;
  const server = createServer((_, response) =>
    response.writeHead(status, { date: new Date(Date.now() + ahead).toUTCString() }).end(body),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await using aws = openAws(at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  expect(Math.abs(aws.clock.now() - Date.now())).toBeLessThan(100);
  await aws.dynamo.send(new ScanCommand({ TableName: "any" })).catch(() => undefined);
  expect(Math.abs(aws.clock.now() - Date.now() - ahead)).toBeLessThan(2000);
  server.close();
  server.closeAllConnections();
});

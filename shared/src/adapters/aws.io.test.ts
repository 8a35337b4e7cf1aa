import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
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

test("an answer of the service that is no passing trouble stays what it is", async () => {
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

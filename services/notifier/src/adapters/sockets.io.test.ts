import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSockets, outgoingMessage } from "./sockets.ts";

const secretAccessKey = "a-secret-key";
const hour = 3_600_000;

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let perTest: AsyncDisposableStack;
let received: Received[];
let connections: number;
let port: number;
/** What the server says to the next requests; 200 when empty. */
let responses: ((response: ServerResponse, request: Received) => void)[];

beforeEach(async () => {
  perTest = new AsyncDisposableStack();
  received = [];
  responses = [];
  connections = 0;
  process.env["AWS_ACCESS_KEY_ID"] = "AKIDTEST";
  process.env["AWS_SECRET_ACCESS_KEY"] = secretAccessKey;
  process.env["AWS_SESSION_TOKEN"] = "a/session+token==";
  const server = createServer(async (request, response) => {
    const { url = "", headers } = request;
    const seen = { url, headers, body: await buffer(request) };
    received.push(seen);
    const respond = responses.shift();
    if (respond) respond(response, seen);
    else response.writeHead(200).end();
  });
  server.on("connection", () => (connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
  perTest.defer(() => {
    delete process.env["AWS_SESSION_TOKEN"];
    server.closeAllConnections();
    server.close();
  });
});
afterEach(() => perTest.disposeAsync());

function open(time: { now(): number } = clock) {
  const config = {
    AWS_REGION: "eu-west-1",
    WEBSOCKET_API_URL: `ws://127.0.0.1:${port}/live`,
    WEBSOCKET_MANAGEMENT_URL: "",
  };
  return perTest.use(openSockets(config, { clock: time, atOnce: 4 }));
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end("{}");

/**
 * The signature a request should carry, computed from what arrived, as AWS describes it:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function signatureOf({ url, headers, body }: Received): string {
  const hex = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const [, scope = "", signed = ""] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? "") ?? [];
  // Outside S3 each part of the path is encoded once more.
  const path = url.split("/").map(encodeURIComponent).join("/");
  const lines = signed.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = ["POST", path, "", lines.join(""), signed, hex(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hex(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString("hex");
}

const signatureIn = ({ headers }: Received) => /Signature=(\w+)/.exec(headers.authorization ?? "")?.[1];

test("a post is signed for what arrives: path with an odd id, text beyond ASCII, session token", async () => {
  const text = JSON.stringify({ subject: "Grüße, 日本" });
  expect(await open().post("L0SM9cOFvHcCIhw=", outgoingMessage(text))).toBe("sent");
  const [post] = received as [Received];
  expect(post.url).toBe("/live/@connections/L0SM9cOFvHcCIhw%3D");
  expect(post.body.toString("utf8")).toBe(text);
  expect(post.headers["x-amz-security-token"]).toBe("a/session+token==");
  expect(post.headers.authorization).toContain("/eu-west-1/execute-api/aws4_request");
  for (const name of ["host", "x-amz-date", "x-amz-security-token"])
    expect(post.headers.authorization).toMatch(new RegExp(`SignedHeaders=[^,]*\\b${name}\\b`));
  expect(signatureIn(post)).toBe(signatureOf(post));
});

test("the SDK's own call of the same post differs in nothing the server looks at", async () => {
  const client = new ApiGatewayManagementApiClient({ region: "eu-west-1", endpoint: `http://127.0.0.1:${port}/live` });
  perTest.defer(() => client.destroy());
  await client.send(new PostToConnectionCommand({ ConnectionId: "L0SM9cOFvHcCIhw=", Data: "hello" }));
  await open().post("L0SM9cOFvHcCIhw=", outgoingMessage("hello"));
  const [theirs, ours] = received as [Received, Received];
  // The independent computation agrees with the SDK, so it may judge the other, too.
  expect(signatureIn(theirs)).toBe(signatureOf(theirs));
  expect(signatureIn(ours)).toBe(signatureOf(ours));
  expect({ url: ours.url, body: ours.body }).toEqual({ url: theirs.url, body: theirs.body });
  for (const name of ["host", "content-type", "content-length", "x-amz-security-token"])
    expect(ours.headers[name]).toBe(theirs.headers[name]);
});

test("posts share kept connections, also after refusals", async () => {
  const sockets = open();
  responses.push(status(410), status(429), status(500, { "x-amzn-errortype": "InternalServerErrorException" }));
  expect(await sockets.post("c-1", outgoingMessage("{}"))).toBe("gone");
  expect(await sockets.post("c-1", outgoingMessage("{}"))).toBe("throttled");
  await expect(sockets.post("c-1", outgoingMessage("{}"))).rejects.toThrow("500 InternalServerErrorException");
  for (let n = 0; n < 20; n += 1) await sockets.post("c-1", outgoingMessage("{}"));
  // A second one while the end of a response is still being read.
  expect(connections).toBeLessThanOrEqual(2);
});

test("other refusals are thrown with what API Gateway says", async () => {
  const message = '{"message":"User is not authorized to perform: execute-api:ManageConnections"}';
  responses.push((response) => void response.writeHead(403, { "x-amzn-errortype": "ForbiddenException" }).end(message));
  responses.push(status(413, { "x-amzn-errortype": "PayloadTooLargeException" }));
  const sockets = open();
  await expect(sockets.post("c-1", outgoingMessage("{}"))).rejects.toThrow(
    /403 ForbiddenException .*ManageConnections/,
  );
  await expect(sockets.post("c-1", outgoingMessage("{}"))).rejects.toThrow("413 PayloadTooLargeException");
});

test("a host whose clock is an hour off signs with the time of API Gateway after its first refusal", async () => {
  const refuseSkewed = (response: ServerResponse, { headers }: Received) => {
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers["x-amz-date"])) ?? [];
    const [year = 0, month = 0, day, ...time] = parts.map(Number);
    const off = Math.abs(Date.UTC(year, month - 1, day, ...time) - Date.now());
    if (off < 300_000) response.writeHead(200).end();
    else response.writeHead(403, { "x-amzn-errortype": "InvalidSignatureException" }).end("{}");
  };
  responses.push(refuseSkewed, refuseSkewed, refuseSkewed);
  const sockets = open({ now: () => Date.now() - hour });
  await expect(sockets.post("c-1", outgoingMessage("{}"))).rejects.toThrow("InvalidSignatureException");
  expect(await sockets.post("c-1", outgoingMessage("{}"))).toBe("sent");
  expect(await sockets.post("c-1", outgoingMessage("{}"))).toBe("sent");
});

test("a gateway that takes a post and never responds is given up, so that it delays no other connection", async () => {
  responses.push(() => {});
  await expect(open().post("c-1", outgoingMessage("{}"))).rejects.toThrow(/5000 ms/);
}, 10_000);

import { once } from "node:events";
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { userSchema } from "@email-agent/shared/domain/configItems.ts";
import { signRealtimeTicket } from "@email-agent/shared/domain/realtimeTicket.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { makeConnect } from "../lambdas/connect.ts";
import { makeDisconnect } from "../lambdas/disconnect.ts";
import { createTables } from "./createTables.ts";
import { startDynamo } from "./dynamo.ts";
import { localCredentials } from "./localCredentials.ts";
import { startWebSocketGateway, type WebSocketGatewayOptions } from "./webSocketGateway.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const ticketSecret = "a-secret-of-the-tests";
const stack = new AsyncDisposableStack();
let tables: Awaited<ReturnType<typeof createTables>>;
let aws: ReturnType<typeof openAws>;

beforeAll(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "local";
  process.env["AWS_SECRET_ACCESS_KEY"] = "local";
  const dynamo = stack.use(await startDynamo());
  tables = await createTables(dynamo.url);
  aws = stack.use(openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_DYNAMODB: dynamo.url }));
});
afterAll(() => stack.disposeAsync());

async function start(options: Partial<WebSocketGatewayOptions> = {}) {
  const store = connections(aws, tables);
  const user = async (id: string) => userSchema.parse({ id, name: id, role: "read", eventAccess: ["E2026"] });
  const ports = { connections: store, users: { user }, log: silent, clock: systemClock, ticketSecret };
  const gateway = await startWebSocketGateway({
    connect: makeConnect(ports),
    disconnect: makeDisconnect(ports),
    ...options,
  });
  const client = new ApiGatewayManagementApiClient({
    endpoint: gateway.managementUrl,
    maxAttempts: 1,
    ...localCredentials,
  });
  return { gateway, client, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

function aTicket(exp = Date.now() + 60_000, secret = ticketSecret): string {
  return signRealtimeTicket(secret, { ticketId: ulid(), userId: "anna", role: "read", eventAccess: ["E2026"], exp });
}

async function connect(url: string, ticket: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url}?ticket=${ticket}`);
  await once(socket, "open");
  return socket;
}

/** The HTTP status a handshake was refused with. */
async function refusal(url: string): Promise<number> {
  const socket = new WebSocket(url);
  socket.on("error", () => {});
  const [, response] = await once(socket, "unexpected-response");
  return (response as { statusCode: number }).statusCode;
}

async function failureOf(call: Promise<unknown>): Promise<{ name: string; status: number | undefined }> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return { name, status: $metadata?.httpStatusCode };
  }
  throw new Error("the call was expected to fail");
}

async function itemOf(connectionId: string): Promise<Record<string, unknown> | undefined> {
  const Key = { connectionId };
  return (await aws.dynamo.send(new GetCommand({ TableName: tables.CONNECTIONS_TABLE, Key, ConsistentRead: true })))
    .Item;
}

describe("WebSocket gateway with the connect and disconnect Lambdas", () => {
  test("acceptance 30: a used, expired, forged or missing ticket gets 401", async () => {
    await using running = await start();
    const { url } = running.gateway;
    const ticket = aTicket();
    (await connect(url, ticket)).terminate();
    expect(await refusal(`${url}?ticket=${ticket}`)).toBe(401);
    expect(await refusal(`${url}?ticket=${aTicket(Date.now() - 1)}`)).toBe(401);
    expect(await refusal(`${url}?ticket=${aTicket(undefined, "another-secret-here")}`)).toBe(401);
    expect(await refusal(url)).toBe(401);
  });

  test("one ticket presented ten times at once opens one connection", async () => {
    await using running = await start();
    const ticket = aTicket();
    const tries = Array.from({ length: 10 }, async () => {
      const socket = new WebSocket(`${running.gateway.url}?ticket=${ticket}`);
      socket.on("error", () => {});
      return Promise.race([once(socket, "open").then(() => 101), once(socket, "unexpected-response").then(() => 401)]);
    });
    expect((await Promise.all(tries)).sort()).toEqual([101, ...Array(9).fill(401)]);
  });

  test("acceptance 30: connecting stores the rights of the ticket, disconnecting removes the connection", async () => {
    await using running = await start();
    const before = Math.floor(Date.now() / 1000);
    const socket = await connect(running.gateway.url, aTicket());
    const [id] = running.gateway.connections.keys();
    const item = await itemOf(id as string);
    expect(item).toMatchObject({ connectionId: id, userId: "anna", role: "read", eventAccess: ["E2026"] });
    expect(Number(item?.["expiresAt"]) - before).toBeGreaterThanOrEqual(8100);
    socket.close();
    await eventually("the item is gone", async () => (await itemOf(id as string)) === undefined);
  });

  test("the real management client posts, reads and closes; a closed connection is Gone", async () => {
    await using running = await start();
    const { gateway, client } = running;
    const socket = await connect(gateway.url, aTicket());
    const [ConnectionId] = gateway.connections.keys() as Iterable<string>;
    const received = once(socket, "message");
    await client.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from('{"größe":1}') }));
    expect(String((await received)[0])).toBe('{"größe":1}');
    const read = await client.send(new GetConnectionCommand({ ConnectionId }));
    expect(read.ConnectedAt).toBeInstanceOf(Date);
    const closed = once(socket, "close");
    await client.send(new DeleteConnectionCommand({ ConnectionId }));
    await closed;
    const post = () => client.send(new PostToConnectionCommand({ ConnectionId, Data: "x" }));
    await eventually("posting is Gone", async () => (await failureOf(post())).status === 410);
    expect((await failureOf(post())).name).toBe("GoneException");
  });

  test("a message above 128 KB is refused with 413, scripted answers come in order, then posting works again", async () => {
    await using running = await start();
    const { gateway, client } = running;
    const socket = await connect(gateway.url, aTicket());
    const [ConnectionId] = gateway.connections.keys() as Iterable<string>;
    const post = (size: number) => client.send(new PostToConnectionCommand({ ConnectionId, Data: "x".repeat(size) }));
    expect(await failureOf(post(128 * 1024 + 1))).toEqual({ name: "PayloadTooLargeException", status: 413 });
    gateway.script({ status: 429, times: 1 });
    gateway.script({ status: 500, times: 1 });
    expect(await failureOf(post(1))).toEqual({ name: "LimitExceededException", status: 429 });
    expect((await failureOf(post(1))).status).toBe(500);
    const received = once(socket, "message");
    await post(128 * 1024);
    expect(String((await received)[0])).toHaveLength(128 * 1024);
  });

  test("a call with a malformed path ends only its own connection", async () => {
    await using running = await start();
    const { managementUrl } = running.gateway;
    await expect(fetch(`${managementUrl}/@connections/%E0%A4%A`, { method: "POST" })).rejects.toThrow();
    expect((await fetch(`${managementUrl}/@connections/unknown`, { method: "POST" })).status).toBe(403);
  });

  test("pings are answered by nothing and hold off the idle limit; idleness and old age close", async () => {
    await using idle = await start({ idleMilliseconds: 300 });
    const socket = await connect(idle.gateway.url, aTicket());
    const messages: unknown[] = [];
    socket.on("message", (message) => messages.push(message));
    const opened = Date.now();
    const pings = setInterval(() => socket.send('{"type":"ping"}'), 100);
    setTimeout(() => clearInterval(pings), 600);
    const [code] = await once(socket, "close");
    expect({ code, messages, outlived: Date.now() - opened > 600 }).toEqual({
      code: 1001,
      messages: [],
      outlived: true,
    });
    await using old = await start({ lifeMilliseconds: 50 });
    expect((await once(await connect(old.gateway.url, aTicket()), "close"))[0]).toBe(1001);
  });

  test("an integration that throws is answered 500 and told to the owner; another path is refused", async () => {
    const errors: unknown[] = [];
    await using running = await start({
      connect: () => Promise.reject(new Error("table away")),
      onError: (error) => errors.push(error),
    });
    expect(await refusal(running.gateway.url)).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ message: "table away" })]);
    expect(await refusal(running.gateway.url.replace("/local", "/other"))).toBe(403);
  });

  test("the manager's page opens it under either name of this machine, pages of other sites do not", async () => {
    await using started = await start({ pageOrigins: ["http://127.0.0.1:8020"] });
    const open = (origin: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${started.gateway.url}?ticket=${aTicket()}`, { origin });
        socket.once("open", () => socket.close());
        socket.once("close", () => resolve("opened"));
        socket.once("unexpected-response", (_, response) => resolve(response.statusCode));
      });
    expect(await open("http://127.0.0.1:8020")).toBe("opened");
    expect(await open("http://localhost:8020")).toBe("opened");
    expect(await open("https://evil.example")).toBe(403);
    expect(await open("http://127.0.0.1:3000")).toBe(403);
  });
});

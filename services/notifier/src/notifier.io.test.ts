import { once } from "node:events";
import { PublishCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { userSchema } from "@email-agent/shared/domain/configItems.ts";
import { connectionLifeSeconds } from "@email-agent/shared/domain/connection.ts";
import { signRealtimeTicket } from "@email-agent/shared/domain/realtimeTicket.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import type { ServerMessage } from "@email-agent/shared/messages/socketMessage.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { ulid } from "ulid";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { makeConnect } from "../../../infra/lambdas/connect.ts";
import { makeDisconnect } from "../../../infra/lambdas/disconnect.ts";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import { startWebSocketGateway, type WebSocketGateway } from "../../../infra/local/webSocketGateway.ts";
import { startNotifierProcess } from "../testing/notifierProcess.ts";
import { openSockets } from "./adapters/sockets.ts";
import { broadcastEvents } from "./broadcastEvents.ts";
import { receiveEvents } from "./receiveEvents.ts";
import { throttleOrders } from "./throttleOrders.ts";

const ticketSecret = "a-secret-of-the-tests";
/** User id → the events of that user. */
const accessOf = new Map<string, string[]>();
let stack: TestStack;
let gateway: WebSocketGateway;
let logged: { level: string; message: string }[];
let counted: Record<string, number>;
let perTest: AsyncDisposableStack;

const logLine = (level: string) => (_: unknown, message: string) => void logged.push({ level, message });
const log = { debug() {}, info: logLine("info"), warn: logLine("warn"), error: logLine("error") };
const metrics = {
  count: (name: string, value: number) => {
    counted[name] = (counted[name] ?? 0) + value;
  },
};

beforeAll(async () => {
  stack = await startTestStack({ cloud: true, visibilitySeconds: 2 });
});
afterAll(() => stack[Symbol.asyncDispose]());
beforeEach(async () => {
  logged = [];
  counted = {};
  perTest = new AsyncDisposableStack();
  const users = {
    user: async (id: string) => userSchema.parse({ id, name: id, role: "read", eventAccess: accessOf.get(id) }),
  };
  const ports = { connections: connections(stack.aws, stack.config), users, log, clock, ticketSecret };
  gateway = perTest.use(
    await startWebSocketGateway({ connect: makeConnect(ports), disconnect: makeDisconnect(ports) }),
  );
});
afterEach(() => perTest.disposeAsync());

/** The notifier of this test, wired as main.ts does. */
function startNotifier() {
  const config = { ...stack.config, WEBSOCKET_API_URL: gateway.url, WEBSOCKET_MANAGEMENT_URL: "" };
  const sockets = perTest.use(openSockets(config, { clock, atOnce: 10 }));
  const broadcast = perTest.use(
    broadcastEvents({ connections: connections(stack.aws, config), sockets, metrics, clock, log }),
  );
  const throttle = throttleOrders({ broadcast: broadcast.send, clock, log });
  perTest.use(receiveEvents(config, { aws: stack.aws, throttle, clock, log }));
  return broadcast;
}

interface Browser {
  readonly received: { at: number; message: ServerMessage }[];
  readonly messages: ServerMessage[];
  readonly socket: WebSocket;
}

async function openBrowser(eventAccess: string[] = ["*"]): Promise<Browser> {
  const userId = `anna-${eventAccess.join()}`;
  accessOf.set(userId, eventAccess);
  const ticket = signRealtimeTicket(ticketSecret, {
    ticketId: ulid(),
    userId,
    role: "read",
    eventAccess,
    exp: Date.now() + 60_000,
  });
  const socket = new WebSocket(`${gateway.url}?ticket=${ticket}`);
  const received: Browser["received"] = [];
  socket.on("message", (data) => received.push({ at: performance.now(), message: JSON.parse(String(data)) }));
  await once(socket, "open");
  return {
    received,
    socket,
    get messages() {
      return received.map(({ message }) => message);
    },
  };
}

function snapshot(order: WorkOrder, version: number, changes: Partial<WorkOrder> = {}): StatusEvent {
  const { command: _, ...state } = { ...order, ...changes, version };
  const { id: workOrderId, eventCode } = order;
  return { v: 1, type: "work-order.snapshot", workOrderId, eventCode, version, at: instant(Date.now()), order: state };
}

/** The order with its Send in progress, or ended. */
function sending(order: WorkOrder, sent: number, status: "working" | "complete" = "working"): Partial<WorkOrder> {
  const counters = { total: 1000, sent, skipped: 0, failed: 0, inDoubt: 0 };
  return { steps: { ...order.steps, Send: { status, runId: "run-1", counters } } };
}

async function publish(body: unknown): Promise<void> {
  const Message = typeof body === "string" ? body : JSON.stringify(body);
  await stack.aws.sns.send(new PublishCommand({ TopicArn: stack.config.STATUS_TOPIC_ARN, Message }));
}

async function depthOf(QueueUrl: string): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const, "ApproximateNumberOfMessagesNotVisible" as const];
  const { Attributes } = await stack.aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
}

const queueIsEmpty = () =>
  eventually("the status queue is empty", async () => (await depthOf(stack.config.STATUS_QUEUE_URL)) === 0);
const newest = (browser: Browser) => Math.max(0, ...browser.messages.map((message) => message.version));
const reaches = (browser: Browser, version: number) =>
  eventually(`version ${version} arrives`, () => newest(browser) === version);

describe("notifier", () => {
  test("every browser that may see the event gets the order; others get nothing", async () => {
    startNotifier();
    const [all, mine, other] = await Promise.all([openBrowser(), openBrowser(["E2026"]), openBrowser(["OTHER"])]);
    const order = anOrder();
    await publish(snapshot(order, 7));
    await Promise.all([reaches(all, 7), reaches(mine, 7)]);
    expect(mine.messages[0]).toMatchObject({
      type: "work-order.snapshot",
      workOrderId: order.id,
      order: { id: order.id },
    });
    await publish({ ...snapshot(order, 8), type: "work-order.deleted", order: undefined });
    await reaches(mine, 8);
    expect(mine.messages[1]).toMatchObject({ type: "work-order.deleted", version: 8 });
    expect(other.messages).toEqual([]);
    await queueIsEmpty();
  });

  test("acceptance 31: a thousand progress updates in a second yield at most 4 messages per second for that order", async () => {
    startNotifier();
    const browser = await openBrowser();
    const order = anOrder();
    const bystander = anOrder();
    for (let from = 0; from < 1000; from += 50) {
      const versions = Array.from({ length: 50 }, (_, n) => from + n + 1);
      await Promise.all(versions.map((version) => publish(snapshot(order, version, sending(order, version)))));
    }
    await publish(snapshot(order, 1001, sending(order, 1000, "complete")));
    await publish(snapshot(bystander, 1));
    await reaches(browser, 1001);
    const mine = browser.received.filter(({ message }) => message.workOrderId === order.id);
    for (const { at } of mine) {
      const within = mine.filter((other) => other.at >= at && other.at < at + 1000);
      expect(within.length).toBeLessThanOrEqual(4);
    }
    expect(mine.at(-1)?.message).toMatchObject({ version: 1001, order: { steps: { Send: { status: "complete" } } } });
    const others = () => browser.received.filter(({ message }) => message.workOrderId === bystander.id);
    await eventually("the other order's message", () => others().length > 0);
    expect(others()).toHaveLength(1);
    await queueIsEmpty();
  });

  test("acceptance 35: events reordered, doubled and lost in part leave the browser with the newest state", async () => {
    startNotifier();
    const browsers = await Promise.all([openBrowser(), openBrowser()]);
    const order = anOrder();
    const versions = Array.from({ length: 40 }, (_, n) => n + 1).filter((version) => version === 40 || version % 3 > 0);
    const shuffled = [...versions, ...versions].sort(() => Math.random() - 0.5);
    await Promise.all(shuffled.map((version) => publish(snapshot(order, version, sending(order, version)))));
    for (const browser of browsers) {
      await reaches(browser, 40);
      let held = 0;
      for (const message of browser.messages) if (message.version > held) held = message.version;
      expect(held).toBe(40);
    }
    await queueIsEmpty();
  });

  test("acceptance 30: a gone connection is pruned at the next broadcast", async () => {
    const broadcast = startNotifier();
    const store = connections(stack.aws, stack.config);
    const browser = await openBrowser();
    const connectedAt = instant(Date.now() - 60_000);
    const expiresAt = Math.floor(Date.now() / 1000) + connectionLifeSeconds;
    const gone = {
      connectionId: "gone=",
      userId: "bo",
      role: "read" as const,
      eventAccess: ["*"],
      connectedAt,
      expiresAt,
    };
    await store.put(gone);
    expect(await broadcast.count()).toBe(2);
    await publish(snapshot(anOrder(), 1));
    await reaches(browser, 1);
    await eventually("the item is gone", async () => (await store.list(Date.now(), () => {})).length === 1);
    expect(counted["BroadcastErrors"]).toBeUndefined();
  });

  test("acceptance 30: an event sent while a browser was just connecting reaches it although the list was cached", async () => {
    startNotifier();
    const first = await openBrowser();
    const order = anOrder();
    await publish(snapshot(order, 1));
    await reaches(first, 1);
    const late = await openBrowser();
    await publish(snapshot(order, 2, sending(order, 1000, "complete")));
    await reaches(first, 2);
    await reaches(late, 2);
  });

  test("a connection that responds 410 while its handshake still runs is not removed", async () => {
    startNotifier();
    const browser = await openBrowser();
    gateway.script({ status: 410, times: 1 });
    await publish(snapshot(anOrder(), 5));
    await reaches(browser, 5);
  });

  test("a failed post is retried once; a second failure is counted and harms no other browser", async () => {
    startNotifier();
    const browser = await openBrowser();
    gateway.script({ status: 429, times: 1 });
    await publish(snapshot(anOrder(), 1));
    await reaches(browser, 1);
    expect(counted["BroadcastErrors"]).toBeUndefined();
    gateway.script({ status: 500, times: 2 });
    await publish(snapshot(anOrder(), 2));
    await eventually("the failure is counted", () => counted["BroadcastErrors"] === 1);
    await publish(snapshot(anOrder(), 3));
    await reaches(browser, 3);
    await queueIsEmpty();
  });

  test("a payload over 24 KB loses its details, a still larger one becomes work-order.changed", async () => {
    startNotifier();
    const browser = await openBrowser();
    const order = anOrder();
    const text = "ü".repeat(200);
    const finding = { language: "EN", rule: "Q1", severity: "error" as const, text };
    const Prepare = { status: "error" as const, details: Array.from({ length: 100 }, () => finding) };
    await publish(snapshot(order, 1, { steps: { ...order.steps, Prepare } }));
    await reaches(browser, 1);
    expect(browser.messages[0]).toMatchObject({ order: { steps: { Prepare: { status: "error" } } } });
    expect(JSON.stringify(browser.messages[0])).not.toContain("Q1");
    await publish(snapshot(order, 2, { subjects: { EN: "x".repeat(25 * 1024) } }));
    await reaches(browser, 2);
    expect(browser.messages[1]).toEqual({ v: 1, type: "work-order.changed", workOrderId: order.id, version: 2 });
  });

  test("a poison message goes to the dead-letter queue with one log line and blocks no other event", async () => {
    startNotifier();
    const browser = await openBrowser();
    await publish("not json");
    await publish({ ...snapshot(anOrder(), 1), v: 2 });
    await publish(snapshot(anOrder(), 9));
    await reaches(browser, 9);
    await eventually(
      "both are dead letters",
      async () => (await depthOf(stack.config.statusDeadLettersQueueUrl)) === 2,
    );
    expect(logged.filter(({ level }) => level === "error")).toHaveLength(2);
    await queueIsEmpty();
  });

  test("an event is not lost when the notifier is killed before it was broadcast", async () => {
    // The process closes connections of users who do not exist.
    const Item = { pk: "user", sk: "anna-*", name: "Anna", role: "read", eventAccess: ["*"] };
    await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.CONFIG_TABLE, Item }));
    const restarts: string[] = [];
    const service = perTest.use(await startNotifierProcess(stack, gateway.url, (text) => restarts.push(text)));
    const browser = await openBrowser();
    const order = anOrder();
    await publish(snapshot(order, 1));
    await reaches(browser, 1);
    // The post of the next message hangs, so the notifier dies between receiving and broadcasting.
    const hung = Promise.withResolvers<void>();
    const [connection] = gateway.connections.values();
    const send = connection?.socket.send as WebSocket["send"];
    Object.assign(connection?.socket ?? {}, { send: () => hung.resolve() });
    await publish(snapshot(order, 2, sending(order, 1000, "complete")));
    await hung.promise;
    // Longer than acknowledgements are gathered: one given too early would have deleted the message by now.
    await clock.sleep(300);
    expect(await depthOf(stack.config.STATUS_QUEUE_URL)).toBe(1);
    Object.assign(connection?.socket ?? {}, { send });
    process.kill(service.pid() as number, "SIGKILL");
    await reaches(browser, 2);
    expect(restarts).toEqual([expect.stringContaining("starting it again")]);
  });
});

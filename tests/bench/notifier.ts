import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { statusTopic } from "@email-agent/shared/adapters/statusTopic.ts";
import { connectionLifeSeconds } from "@email-agent/shared/domain/connection.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { localCredentials } from "../../infra/local/localCredentials.ts";
import { startServiceProcess } from "../../infra/local/serviceProcess.ts";
import { startTestStack, type TestStack } from "../../infra/local/testStack.ts";
import { anOrder } from "../../shared/testing/builders.ts";
import { endChild, nextMessage } from "./childProcess.ts";
import { atLeast, below, type Figure, plain } from "./figures.ts";
import { cpuSeconds, peakBytes } from "./processes.ts";

const connectionCount = 2000;
const orderCount = 100;
/** States of each order before its last. */
const progressRounds = 3;
const roundMilliseconds = 400;
const megabyte = 1e6;
const perCpuSecond = 1500;
const memoryMegabytes = 200;
const deadlineMilliseconds = 300_000;

export interface PostCounts {
  readonly posts: number;
  /** Posts of the last state of an order. */
  readonly last: number;
}

/** A notifier with 2,000 open browsers while 100 orders change: what a post costs, and its memory. */
export async function notifier(say: (text: string) => void): Promise<Figure[]> {
  await using stack = await startTestStack({ cloud: true });
  await putConnections(stack);
  const gateway = fork(fileURLToPath(new URL("./postGatewayProcess.ts", import.meta.url)));
  await using ending = new AsyncDisposableStack();
  ending.defer(() => endChild(gateway));
  const { port } = await nextMessage<{ port: number }>(gateway);
  await using service = await startNotifier(stack, port);
  const pid = service.pid()!;
  const cpuBefore = cpuSeconds(pid);
  const startedAt = performance.now();
  await publishAll(stack);
  const counts = await allTold(gateway);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuSeconds(pid) - cpuBefore;
  const peak = peakBytes(pid);
  const events = orderCount * (progressRounds + 1);
  say(
    `${events} events for ${connectionCount} connections: ${counts.posts} posts in ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s CPU`,
  );
  return [
    atLeast("notifier", "posts per second of CPU", counts.posts / cpu, perCpuSecond, "/s"),
    below(
      "notifier",
      `peak memory, ${connectionCount} connections × ${orderCount} orders`,
      peak / megabyte,
      memoryMegabytes,
      "MB",
    ),
    plain("notifier", "posts per second on this machine", counts.posts / seconds, "/s"),
    plain(
      "notifier",
      "posts, of one for each event and connection",
      (100 * counts.posts) / (events * connectionCount),
      "%",
    ),
  ];
}

async function putConnections({ aws, config }: TestStack): Promise<void> {
  const store = connections(aws, config);
  const connectedAt = instant(Date.now() - 60_000);
  const expiresAt = Math.floor(Date.now() / 1000) + connectionLifeSeconds;
  const rights = { userId: "anna", role: "read" as const, eventAccess: ["*"] };
  const ids = Array.from({ length: connectionCount }, (_, n) => `connection-${n}=`);
  for (let from = 0; from < ids.length; from += 50)
    await Promise.all(
      ids.slice(from, from + 50).map((connectionId) => store.put({ ...rights, connectionId, connectedAt, expiresAt })),
    );
}

async function startNotifier({ config }: TestStack, port: number) {
  const ready = Promise.withResolvers<void>();
  const service = startServiceProcess({
    name: "notifier",
    entry: fileURLToPath(new URL("../../services/notifier/src/main.ts", import.meta.url)),
    environment: {
      ...Object.fromEntries(Object.entries(config).filter(([, value]) => value !== "")),
      WEBSOCKET_API_URL: `ws://127.0.0.1:${port}/live`,
      HEALTH_PORT: "0",
      AWS_ACCESS_KEY_ID: localCredentials.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.credentials.secretAccessKey,
    },
    onLine: (_, line) => line.includes('"ready"') && ready.resolve(),
    onNews: (text) => ready.reject(new Error(text)),
  });
  await ready.promise;
  return service;
}

async function publishAll(stack: TestStack): Promise<void> {
  const orders = Array.from({ length: orderCount }, (_, n) => anOrder({ subEvent: `part-${n}` }));
  for (let round = 1; round <= progressRounds; round += 1) {
    await publish(stack, orders, round, "working");
    await new Promise((resolve) => setTimeout(resolve, roundMilliseconds));
  }
  await publish(stack, orders, progressRounds + 1, "complete");
}

async function publish(
  { aws, config }: TestStack,
  orders: readonly WorkOrder[],
  version: number,
  status: "working" | "complete",
) {
  const topic = statusTopic(aws, config);
  for (const order of orders) {
    const counters = { total: 1000, sent: version, skipped: 0, failed: 0, inDoubt: 0 };
    const steps = { ...order.steps, Send: { status, runId: "run-1", counters } };
    const { id: workOrderId, eventCode } = order;
    const envelope = { v: 1, workOrderId, eventCode, version, at: instant(Date.now()) } as const;
    await topic.publish({ ...envelope, type: "work-order.snapshot", order: { ...order, version, steps } });
  }
}

/** Waits until every connection has the last state of every order. */
async function allTold(gateway: ChildProcess): Promise<PostCounts> {
  const deadline = performance.now() + deadlineMilliseconds;
  for (;;) {
    const answer = nextMessage<PostCounts>(gateway);
    gateway.send("counts");
    const counts = await answer;
    if (counts.last >= connectionCount * orderCount) return counts;
    if (performance.now() > deadline) throw new Error(`Only ${counts.last} last states arrived in time.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

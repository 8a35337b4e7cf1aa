import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { statusTopic } from "@email-agent/shared/adapters/statusTopic.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { startTestStack, type TestStack } from "../../infra/local/testStack.ts";
import { putConnections, startNotifierProcess } from "../../services/notifier/testing/notifierProcess.ts";
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
  await putConnections(stack, connectionCount);
  const gateway = fork(fileURLToPath(new URL("./postGatewayProcess.ts", import.meta.url)));
  await using ending = new AsyncDisposableStack();
  ending.defer(() => endChild(gateway));
  const { port } = await nextMessage<{ port: number }>(gateway);
  await using service = await startNotifierProcess(stack, `ws://127.0.0.1:${port}/live`);
  const pid = service.pid()!;
  const cpuBefore = cpuSeconds(pid);
  const startedAt = performance.now();
  await publishAll(stack);
  const counts = await allReceived(gateway);
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
async function allReceived(gateway: ChildProcess): Promise<PostCounts> {
  const deadline = performance.now() + deadlineMilliseconds;
  for (;;) {
    const response = nextMessage<PostCounts>(gateway);
    gateway.send("counts");
    const counts = await response;
    if (counts.last >= connectionCount * orderCount) return counts;
    if (performance.now() > deadline) throw new Error(`Only ${counts.last} last states arrived in time.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

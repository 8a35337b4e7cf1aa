import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { statusTopic } from "@email-agent/shared/adapters/statusTopic.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { listen } from "../../../infra/local/listen.ts";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import { putConnections, startNotifierProcess } from "../../../services/notifier/testing/notifierProcess.ts";
import { peakBytes } from "../../bench/processes.ts";
import { NotPossibleHere, type Observed } from "../scenario.ts";

const memoryMegabytes = 250;

/** Every third post is throttled in a storm; after `leave` every connection of before is gone. */
async function stormyGateway() {
  let posts = 0;
  let isStorm = true;
  let present = "";
  const newest = new Map<string, Map<string, number>>();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    posts += 1;
    const id = decodeURIComponent(request.url?.split("/").at(-1) ?? "");
    if (!id.startsWith(present)) return void response.writeHead(410).end();
    if (isStorm && posts % 3 === 0) return void response.writeHead(429).end();
    if (request.method === "POST") {
      const { workOrderId, version } = JSON.parse(body);
      const held = newest.get(id) ?? new Map<string, number>();
      held.set(workOrderId, Math.max(version, held.get(workOrderId) ?? 0));
      newest.set(id, held);
    }
    response.writeHead(200).end();
  });
  server.keepAliveTimeout = 60_000;
  return {
    port: await listen(server),
    calm: () => {
      isStorm = false;
    },
    leave(next: string) {
      present = next;
    },
    /** How many connections hold this version of every order. */
    complete: (orders: readonly WorkOrder[], version: number, prefix: string) =>
      [...newest].filter(
        ([id, held]) => id.startsWith(prefix) && orders.every((order) => held.get(order.id) === version),
      ).length,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function publish({ aws, config }: TestStack, orders: readonly WorkOrder[], version: number): Promise<void> {
  const topic = statusTopic(aws, config);
  for (const order of orders) {
    const { id: workOrderId, eventCode } = order;
    const envelope = { v: 1, workOrderId, eventCode, version, at: instant(Date.now()) } as const;
    await topic.publish({ ...envelope, type: "work-order.snapshot", order: { ...order, version } });
  }
}

/** Browsers in a storm of 429, which then all go (410) and come back at once: the newest state reaches everyone. */
export async function reconnectingBrowsers(size: { connections: number; orders: number }): Promise<Observed> {
  if (process.platform !== "linux") throw new NotPossibleHere("The memory of a process is read as Linux shows it.");
  await using stack = new AsyncDisposableStack();
  const product = stack.use(await startTestStack({ cloud: true }));
  using gateway = await stormyGateway();
  await putConnections(product, size.connections);
  const restarts: string[] = [];
  const url = `ws://127.0.0.1:${gateway.port}/live`;
  const service = stack.use(await startNotifierProcess(product, url, (text) => void restarts.push(text)));
  const pid = service.pid() as number;
  const orders = Array.from({ length: size.orders }, (_, n) => anOrder({ subEvent: `part-${n}` }));
  await publish(product, orders, 1);
  await publish(product, orders, 2);
  const all = async (what: string, version: number, prefix: string): Promise<string[]> => {
    const done = () => gateway.complete(orders, version, prefix) >= size.connections;
    return eventually(what, done, { withinSeconds: 240, everyMilliseconds: 200 }).then(
      () => [],
      () => [`${gateway.complete(orders, version, prefix)} of ${size.connections} browsers got ${what}.`],
    );
  };
  const violations = await all("the newest state in the storm", 2, "connection-");
  gateway.leave("again-");
  await publish(product, orders, 3);
  await putConnections(product, size.connections, "again-");
  gateway.calm();
  const began = performance.now();
  await publish(product, orders, 4);
  violations.push(...(await all("the newest state after they came back", 4, "again-")));
  const recoveryMilliseconds = performance.now() - began;
  const megabytes = peakBytes(pid) / 1e6;
  if (megabytes > memoryMegabytes) violations.push(`The notifier took ${megabytes.toFixed(0)} MB.`);
  if (restarts.length > 0) violations.push(`The notifier was restarted: ${restarts.join()}`);
  return { tries: 2 * size.connections, violations, recoveryMilliseconds };
}

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { statusTopic } from "@email-agent/shared/adapters/statusTopic.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { afterAll, expect, test } from "vitest";
import { startTestStack } from "../../../infra/local/testStack.ts";
import { putConnections, startNotifierProcess } from "../testing/notifierProcess.ts";

const connectionCount = 2000;
const orderCount = 100;
const limitMegabytes = 200;

const opened = new AsyncDisposableStack();
afterAll(() => opened.disposeAsync());

/** Takes posts and does not respond: whatever can wait in the notifier waits there. */
async function startHoldingGateway() {
  const seen = new Set<string>();
  const server = createServer((request) => {
    seen.add(request.url ?? "");
    request.resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

/** Resident memory of a process, as `ps` of Linux and macOS shows it. */
function residentMegabytes(pid: number): number {
  return (Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024) / 1e6;
}

test("acceptance 82: with 2,000 browsers that read nothing and 100 orders that change, a notifier stays under 200 MB", async () => {
  const stack = opened.use(await startTestStack({ cloud: true }));
  await putConnections(stack, connectionCount);
  const gateway = await startHoldingGateway();
  const restarts: string[] = [];
  const url = `ws://127.0.0.1:${gateway.port}/live`;
  const service = opened.use(await startNotifierProcess(stack, url, (text) => restarts.push(text)));
  const pid = service.pid() as number;
  // It would take 20 s to give up what cannot be posted; this test has seen enough by then.
  opened.defer(() => void process.kill(pid, "SIGKILL"));
  const topic = statusTopic(stack.aws, stack.config);
  const orders = Array.from({ length: orderCount }, (_, n) => anOrder({ subEvent: `part-${n}` }));
  let peak = residentMegabytes(pid);
  for (let version = 1; version <= 3; version += 1) {
    for (const order of orders) {
      const envelope = {
        v: 1,
        workOrderId: order.id,
        eventCode: order.eventCode,
        version,
        at: instant(Date.now()),
      } as const;
      await topic.publish({ ...envelope, type: "work-order.snapshot", order: { ...order, version } });
    }
    peak = Math.max(peak, residentMegabytes(pid));
  }
  await eventually("connections are posted to", () => gateway.seen.size > 10);
  for (let look = 0; look < 12; look += 1) {
    await clock.sleep(250);
    peak = Math.max(peak, residentMegabytes(pid));
  }
  expect(peak).toBeLessThan(limitMegabytes);
  expect(restarts).toEqual([]);
}, 120_000);

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { freePort } from "../../../infra/local/freePort.ts";
import { startRedis } from "../../../infra/local/redis.ts";
import { startTestStack } from "../../../infra/local/testStack.ts";

/** The service as a process; a failing test leaves none behind. */
async function startService(environment: Record<string, string>) {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, ...environment, HEALTH_PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => void lines.push(JSON.parse(line)));
  return {
    child,
    lines,
    ready: async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`);
      return (await response.json()) as { ready: boolean; notReady: { name: string }[] };
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

test("started before Redis it is not ready, and takes commands as soon as Redis is there", async () => {
  await using stack = await startTestStack({ cloud: true });
  const port = await freePort();
  using service = await startService({ ...stack.config, REDIS_URL: `redis://127.0.0.1:${port}` });
  const first = await eventually("it listens", service.ready);
  expect(first).toMatchObject({ ready: false, notReady: [{ name: "start" }] });
  await using _ = await startRedis({ port, kinds: ["path", "debian", "js"] });
  await eventually("it is ready", async () => (await service.ready()).ready);
}, 20_000);

test("graceful shutdown while Redis and DynamoDB hang ends in time and in order", async () => {
  await using stack = await startTestStack({ cloud: true, redis: true });
  using service = await startService(stack.config as unknown as Record<string, string>);
  await eventually("it is ready", async () => (await service.ready()).ready);
  const frozen = [stack.pids.redis, stack.pids.dynamo] as number[];
  for (const pid of frozen) process.kill(pid, "SIGSTOP");
  try {
    // Sweeps and readiness are in the middle of a call by then.
    await new Promise((resolve) => setTimeout(resolve, 6000));
    service.child.kill("SIGTERM");
    const [code] = await once(service.child, "exit");
    expect(code).toBe(0);
    expect(service.lines.filter(({ level }) => level === "error")).toEqual([]);
  } finally {
    for (const pid of frozen) process.kill(pid, "SIGCONT");
  }
}, 60_000);

test("acceptance 86: the number of stalled Sends is published while nothing is sent, because its absence is an alarm too", async () => {
  await using stack = await startTestStack({ cloud: true, redis: true });
  using service = await startService(stack.config as unknown as Record<string, string>);
  await eventually("it is ready", async () => (await service.ready()).ready);
  service.child.kill("SIGTERM");
  await once(service.child, "exit");
  const published = service.lines.filter((line) => "StalledSends" in line);
  expect(published).toMatchObject([{ service: "ingest", StalledSends: 0, _aws: { CloudWatchMetrics: [{}] } }]);
}, 20_000);

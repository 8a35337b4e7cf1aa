import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { ulid } from "ulid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import { fakeClock } from "../../testing/fakeClock.ts";
import { orderReadyFor } from "../../testing/operator.ts";
import { startPipeline } from "../../testing/pipeline.ts";
import { cancelFlags } from "../adapters/cancelFlags.ts";
import { chunkQueue, stepQueues } from "../adapters/stepQueues.ts";
import { followUp, judgeCommand } from "../domain/lifecycle/judgement.ts";
import { systemClock } from "../kit/clock.ts";
import { consumeChunks } from "./consumeChunks.ts";
import { consumeSteps } from "./consumeSteps.ts";
import { taskProtection } from "./taskProtection.ts";

let opened: AsyncDisposableStack;
let asked: { method: string | undefined; url: string | undefined; body: unknown }[];
/** How the agent answers; default: it does what it is asked. */
let answer: ((response: ServerResponse) => void) | undefined;
let agentUrl: string;
let warned: string[];

const log = { debug() {}, info() {}, error() {}, warn: (_: unknown, message: string) => void warned.push(message) };
const states = () => asked.map(({ body }) => (body as { ProtectionEnabled: boolean }).ProtectionEnabled);

/** The agent of a container as AWS describes it. */
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  asked = [];
  warned = [];
  answer = undefined;
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    asked.push({ method: request.method, url: request.url, body });
    if (answer) return answer(response);
    const TaskArn = "arn:aws:ecs:eu-central-1:111111111111:task/email-agent-production/1";
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ protection: { ProtectionEnabled: body.ProtectionEnabled, TaskArn } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  agentUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/1234`;
  opened.defer(() => {
    server.closeAllConnections();
    server.close();
  });
});
afterEach(() => opened.disposeAsync());

describe("task protection", () => {
  /** A protection whose time the test moves; what is on the wire meanwhile gets its time, too. */
  function moved(url = agentUrl) {
    const clock = fakeClock();
    const protection = opened.use(taskProtection({ agentUrl: url, clock, log }));
    const pass = async (seconds: number) => {
      for (let left = seconds; left > 0; left -= 5) {
        await clock.advance(Math.min(5, left) * 1000);
        await onWire(clock);
      }
    };
    return { clock, protection, pass };
  }

  /** Waits until what was asked was answered: a task that is protected is then left alone for a while. */
  async function onWire(clock: { readonly sleeping: number }): Promise<void> {
    const isProtected = () => states().at(-1) === true;
    if (isProtected()) await eventually("the agent has answered", () => clock.sleeping > 0 || !isProtected());
    await setImmediate();
  }

  const firstAsked = (count = 1) => eventually("the agent is asked", () => asked.length >= count);

  test("is set while work is in hand, renewed before it expires, and released once nothing was in hand for 15 s", async () => {
    const { clock, protection, pass } = moved();
    const hold = protection.hold("run-1", 120);
    await firstAsked();
    await onWire(clock);
    expect(asked).toEqual([
      {
        method: "PUT",
        url: "/api/1234/task-protection/v1/state",
        body: { ProtectionEnabled: true, ExpiresInMinutes: 10 },
      },
    ]);
    await pass(22 * 60);
    // Every 4 minutes, of the 10 it lasts.
    expect(states()).toEqual([true, true, true, true, true, true]);
    hold[Symbol.dispose]();
    await pass(10);
    // The next chunk of a sender comes soon: nothing is released and set again.
    protection.hold("run-1", 120)[Symbol.dispose]();
    await pass(10);
    expect(states().filter((state) => !state)).toEqual([]);
    await pass(20);
    expect(states().at(-1)).toBe(false);
    const count = asked.length;
    await pass(60);
    expect(asked).toHaveLength(count);
  });

  test("a run keeps its task for its time at most, so that a deployment can end; another run has its own time", async () => {
    const { clock, protection, pass } = moved();
    using _long = protection.hold("run-1", 15);
    await firstAsked();
    await onWire(clock);
    await pass(15 * 60 + 30);
    expect(states().at(-1)).toBe(false);
    const count = asked.length;
    // Its next chunk begins no new time.
    using _chunk = protection.hold("run-1", 15);
    await pass(60);
    expect(asked).toHaveLength(count);
    using _other = protection.hold("run-2", 120);
    await firstAsked(count + 1);
    await onWire(clock);
    expect(states().at(-1)).toBe(true);
  });

  test("a failing agent is reported once and asked again, and work goes on", async () => {
    answer = (response) => {
      response.end(JSON.stringify({ failure: { Arn: "task", Reason: "TASK_NOT_VALID", Detail: "not in a service" } }));
    };
    const { clock, protection, pass } = moved();
    using _hold = protection.hold("run-1", 120);
    await firstAsked();
    await onWire(clock);
    await pass(120);
    expect(warned).toHaveLength(1);
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThan(8);
    answer = undefined;
    await pass(60);
    expect(states().at(-1)).toBe(true);
  });

  test("outside ECS nothing is asked", async () => {
    const { protection, pass } = moved("");
    using _hold = protection.hold("run-1", 120);
    await pass(60);
    expect(asked).toEqual([]);
  });
});

test("acceptance 83: a worker is protected from scale-in while it works on a step or a chunk, and released after it", async () => {
  const pipeline = opened.use(await startPipeline({ log }));
  const redis = await pipeline.openRedis();
  const queues = opened.use(stepQueues(redis, pipeline));
  const chunks = opened.use(chunkQueue(redis, pipeline));
  const { orders, metrics } = pipeline;
  const flags = opened.use(cancelFlags(redis, { log }, pipeline.openBlockingRedis()));
  const protection = opened.use(taskProtection({ agentUrl, clock: systemClock, log }));
  const held: string[] = [];
  const counting = {
    hold(runId: string, minutes: number) {
      held.push(`${runId} ${minutes}`);
      const hold = protection.hold(runId, minutes);
      return {
        [Symbol.dispose]() {
          held.splice(held.indexOf(`${runId} ${minutes}`), 1);
          hold[Symbol.dispose]();
        },
      };
    },
  };
  const ended = { step: Promise.withResolvers<void>(), chunk: Promise.withResolvers<void>() };
  const handler = async () => {
    await ended.step.promise;
    return { kind: "complete" as const };
  };
  const common = { redis: pipeline.openBlockingRedis(), clock: systemClock, log, metrics, protection: counting };
  opened.use(
    consumeSteps({
      ...common,
      owner: "sender",
      orders,
      queues,
      flags,
      handlers: { "Dry-Run": handler, Test: handler, Send: handler },
    }),
  );
  opened.use(
    consumeChunks({
      ...common,
      concurrency: 2,
      shutdown: new AbortController().signal,
      work: () => ended.chunk.promise,
    }),
  );
  const order = await orderReadyFor(pipeline, "Dry-Run", {});
  const judged = judgeCommand(order, { id: ulid(), step: "Dry-Run", action: "start" }, Date.now());
  const working = await pipeline.orders.write(order.id, judged.write);
  const { runId, token } = followUp(working!, judged.judgement)!;
  await queues.addStep("Dry-Run", { workOrderId: order.id, runId, token });
  await eventually("the Dry-Run is held", () => held.includes(`${runId} 120`));
  await eventually("ECS was asked", () => states().at(-1) === true);
  await chunks.add([{ workOrderId: order.id, runId: "run-send", sk: "chunk#EN#000000", token: 1 }]);
  await eventually("the chunk is held", () => held.includes("run-send 15"));
  ended.chunk.resolve();
  ended.step.resolve();
  await eventually("nothing is held", () => held.length === 0);
  await protection[Symbol.asyncDispose]();
  expect(states().at(-1)).toBe(false);
});

import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import type { Action } from "@email-agent/shared/domain/command.ts";
import { pickUpWrite } from "@email-agent/shared/domain/lifecycle/workerWrites.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import type { StepCommand } from "@email-agent/shared/messages/stepCommand.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { command as click } from "@email-agent/shared/testing/operator.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import { auditLine, waitingJobs } from "@email-agent/shared/testing/queueViews.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AcceptPorts, acceptCommand } from "./acceptCommand.ts";

let pipeline: Pipeline;
let ports: AcceptPorts;
let redis: Awaited<ReturnType<Pipeline["openRedis"]>>;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  pipeline = stack.use(await startPipeline());
  redis = await pipeline.openRedis();
  const { log, orders, audit } = pipeline;
  const queues = stack.use(stepQueues(redis, { log }));
  const flags = stack.use(cancelFlags(redis, { log }));
  ports = { orders, audit, queues, flags, clock: systemClock, log };
});
afterAll(() => stack.disposeAsync());

let codes = 0;
async function newOrder(fields: Parameters<typeof anOrder>[0] = {}): Promise<WorkOrder> {
  codes += 1;
  return pipeline.orders.create(anOrder({ eventCode: `A${codes}`, ...fields }));
}

/** A click whose message the test passes to ingest itself. */
async function command(order: WorkOrder, step: string, action: Action): Promise<StepCommand> {
  const commandId = await click(pipeline, order, step, action, { lost: true });
  const requestedAt = instant(Date.now());
  return { v: 1, commandId, workOrderId: order.id, step, action, requestedBy: "anna", requestedAt };
}

const jobsOf = (workOrderId: string, step: "Count" | "Prepare") => waitingJobs(redis, workOrderId, step);
const lineOf = (workOrderId: string, sk: string) => auditLine(pipeline, workOrderId, sk);

test("a start gives the order a run, puts its job on the queue of the step, and is audited", async () => {
  const order = await newOrder();
  const start = await command(order, "Count", "start");
  await acceptCommand(ports, start);
  const after = await pipeline.orders.get(order.id);
  expect(after?.steps.Count).toMatchObject({ status: "working", runId: start.commandId });
  expect(after?.pendingCommandAt).toBeUndefined();
  expect(await jobsOf(order.id, "Count")).toEqual([`${start.commandId}-t1`]);
  expect(await lineOf(order.id, `C#${start.commandId}`)).toMatchObject({
    by: "anna",
    data: { outcome: "accepted" },
  });
});

test("the number confirmed with a start of Send is kept on the order for its run, and in the audit", async () => {
  const complete = { status: "complete" } as const;
  const steps = {
    Count: complete,
    Prepare: complete,
    "Dry-Run": complete,
    Test: complete,
    Send: { status: "ready" },
  } as const;
  const order = await newOrder({ steps });
  const start = { ...(await command(order, "Send", "start")), confirmedRecipients: 1471 };
  await acceptCommand(ports, start);
  expect((await pipeline.orders.get(order.id))?.steps.Send).toMatchObject({
    runId: start.commandId,
    confirmedRecipients: 1471,
  });
  expect(await lineOf(order.id, `C#${start.commandId}`)).toMatchObject({ data: { confirmedRecipients: 1471 } });
});

test("acceptance 67: a start of Send records the mailing keys on the order before anyone is mailed; no other step does", async () => {
  const [complete, ready] = [{ status: "complete" } as const, { status: "ready" } as const];
  const order = await newOrder({
    ...{ languages: ["EN", "SP"], mailingKeys: ["E2026_before_reg_EN"] },
    steps: { Count: complete, Prepare: complete, "Dry-Run": complete, Test: ready, Send: ready },
  });
  await acceptCommand(ports, await command(order, "Test", "start"));
  expect((await pipeline.orders.get(order.id))?.mailingKeys).toEqual(["E2026_before_reg_EN"]);
  const tested = await newOrder({
    languages: ["EN"],
    steps: { Count: complete, Prepare: complete, "Dry-Run": complete, Test: complete, Send: ready },
  });
  await acceptCommand(ports, await command(tested, "Send", "start"));
  const { eventCode, subEvent, stage } = tested;
  expect((await pipeline.orders.get(tested.id))?.mailingKeys).toEqual([`${eventCode}_${subEvent}_${stage}_EN`]);
});

test("acceptance 1: a start before its predecessor is complete ends in error, audited, and no job exists; a start while working is ignored", async () => {
  const order = await newOrder();
  const early = await command(order, "Prepare", "start");
  await acceptCommand(ports, early);
  const refused = await pipeline.orders.get(order.id);
  expect(refused?.steps.Prepare).toMatchObject({ status: "error", message: expect.stringContaining("Count") });
  expect(await jobsOf(order.id, "Prepare")).toEqual([]);
  expect(await lineOf(order.id, `E#${early.commandId}#Prepare`)).toMatchObject({
    data: { step: "Prepare", status: "error" },
  });

  const first = await command(order, "Count", "start");
  await acceptCommand(ports, first);
  const running = await pipeline.orders.get(order.id);
  const second = await command(order, "Count", "start");
  await acceptCommand(ports, second);
  const after = await pipeline.orders.get(order.id);
  expect(after?.lastCommand).toMatchObject({ id: second.commandId, outcome: "ignored" });
  expect([after?.steps, after?.runLease, after?.fence]).toEqual([running?.steps, running?.runLease, running?.fence]);
  expect(await jobsOf(order.id, "Count")).toEqual([`${first.commandId}-t1`]);
});

test("acceptance 2: the same command three times, also after later ones, starts one run and keeps its judgement", async () => {
  const order = await newOrder();
  const start = await command(order, "Count", "start");
  await acceptCommand(ports, start);
  await acceptCommand(ports, start);
  const stop = await command(order, "Count", "stop");
  await acceptCommand(ports, stop);
  const before = await pipeline.orders.get(order.id);
  await acceptCommand(ports, start);
  expect(await pipeline.orders.get(order.id)).toEqual(before);
  expect(before?.steps.Count.status).toBe("interrupted");
  expect(await jobsOf(order.id, "Count")).toEqual([]);
});

test("acceptance 2: two ingests that take the same command at once start one run", async () => {
  const order = await newOrder();
  const start = await command(order, "Count", "start");
  await Promise.all([acceptCommand(ports, start), acceptCommand(ports, start), acceptCommand(ports, start)]);
  expect(await pipeline.orders.get(order.id)).toMatchObject({ fence: 1, lastCommand: { outcome: "accepted" } });
  expect(await jobsOf(order.id, "Count")).toEqual([`${start.commandId}-t1`]);
});

test("a stop raises the flag of its run and takes the waiting job away", async () => {
  const order = await newOrder();
  const start = await command(order, "Count", "start");
  await acceptCommand(ports, start);
  const stop = await command(order, "Count", "stop");
  await acceptCommand(ports, stop);
  expect((await pipeline.orders.get(order.id))?.steps.Count.status).toBe("interrupted");
  expect(await redis.ttl(`cancel:${start.commandId}`)).toBeGreaterThan(86_000);
  expect(await jobsOf(order.id, "Count")).toEqual([]);
  expect(await lineOf(order.id, `E#${start.commandId}#Count`)).toMatchObject({
    data: { step: "Count", status: "interrupted" },
  });
});

test("a command to an order that does not exist is audited as rejected", async () => {
  const ghost = anOrder();
  const message: StepCommand = {
    v: 1,
    commandId: "01JNQ0000000000000000000A1",
    workOrderId: ghost.id,
    step: "Count",
    action: "start",
    requestedBy: "anna",
    requestedAt: instant(0),
  };
  await acceptCommand(ports, message);
  const line = await lineOf(ghost.id, `C#${message.commandId}`);
  expect(line).toMatchObject({ data: { outcome: "rejected", reason: expect.stringContaining(ghost.id) } });
});

/** Ports whose nth call dies: before its effect, or after it with the response lost. */
function dyingAt(nth: number, when: "before" | "after"): { ports: AcceptPorts; died: () => boolean } {
  let calls = 0;
  const mortal = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return async (...args: unknown[]) => {
          calls += 1;
          const last = calls === nth;
          if (last && when === "before") throw new Error("killed");
          const result = await method.apply(target, args);
          if (last) throw new Error("killed");
          return result;
        };
      },
    });
  const { orders, audit, queues, flags } = ports;
  const dying = { orders: mortal(orders), audit: mortal(audit), queues: mortal(queues), flags: mortal(flags) };
  return { ports: { ...ports, ...dying }, died: () => calls >= nth };
}

const volatile = new Set([
  "version",
  "updatedAt",
  "at",
  "startedAt",
  "endedAt",
  "runCheckAt",
  "id",
  "runId",
  "eventCode",
]);
const timeless = (order: WorkOrder | undefined) =>
  JSON.parse(
    JSON.stringify(order, (key, value) =>
      volatile.has(key) || key === "command" || key === "createdAt" ? undefined : value,
    ),
  );

interface Story {
  readonly name: string;
  readonly prepare: (order: WorkOrder) => Promise<void>;
  readonly step: "Count" | "Prepare";
  readonly action: Action;
}
const nothing = async () => {};
const started = async (order: WorkOrder) => {
  await acceptCommand(ports, await command(order, "Count", "start"));
};
const pickedUp = async (order: WorkOrder) => {
  await started(order);
  const { runLease } = (await pipeline.orders.get(order.id)) as WorkOrder;
  await pipeline.orders.write(order.id, pickUpWrite({ ...runLease!, step: "Count" }, "w-1", Date.now()));
};
const stories: Story[] = [
  { name: "an accepted start", prepare: nothing, step: "Count", action: "start" },
  { name: "a start before its predecessor is complete", prepare: nothing, step: "Prepare", action: "start" },
  { name: "an ignored start", prepare: started, step: "Count", action: "start" },
  { name: "a stop of a waiting run", prepare: started, step: "Count", action: "stop" },
  { name: "a stop of a working run", prepare: pickedUp, step: "Count", action: "stop" },
  { name: "an ignored stop", prepare: nothing, step: "Count", action: "stop" },
];

test.each(stories)("acceptance 2: killing ingest at any point of $name changes nothing in the end", async (story) => {
  const play = async (kill?: { nth: number; when: "before" | "after" }) => {
    const order = await newOrder();
    await story.prepare(order);
    const message = await command(order, story.step, story.action);
    const mortal = kill && dyingAt(kill.nth, kill.when);
    if (mortal) await acceptCommand(mortal.ports, message).catch(() => undefined);
    // The message was not deleted: it comes back.
    await acceptCommand(ports, message);
    const after = await pipeline.orders.get(order.id);
    const runId = after?.lastCommand?.runId;
    const outcome = {
      order: timeless(after),
      judged: after?.lastCommand?.id === message.commandId,
      jobs: (await jobsOf(order.id, story.step)).length,
      flag: runId ? await redis.exists(`cancel:${runId}`) : 0,
      line: (await lineOf(order.id, `C#${message.commandId}`))?.["data"].outcome,
    };
    return { outcome, died: mortal?.died() ?? false };
  };
  const { outcome: undisturbed } = await play();
  expect(undisturbed.judged).toBe(true);
  let killed = 0;
  for (let nth = 1; ; nth += 1) {
    const before = await play({ nth, when: "before" });
    if (!before.died) break;
    const after = await play({ nth, when: "after" });
    expect([before.outcome, after.outcome], `killed at call ${nth}`).toEqual([undisturbed, undisturbed]);
    killed += 1;
  }
  // It looks for its line, reads the order and writes; a command that is accepted has its job or flag besides.
  expect(killed).toBeGreaterThanOrEqual(3);
});

test.each([
  ["start", nothing],
  ["stop", started],
] as const)(
  "acceptance 2: a %s whose ingest died, and that comes back behind later commands, is not judged again",
  async (action, prepare) => {
    let judged = 0;
    for (let nth = 1; ; nth += 1) {
      const order = await newOrder();
      await prepare(order);
      const first = await command(order, "Count", action);
      const mortal = dyingAt(nth, "after");
      await acceptCommand(mortal.ports, first).catch(() => undefined);
      if (!mortal.died()) break;
      // As long as it is not judged, no other command can be given.
      if ((await pipeline.orders.get(order.id))?.lastCommand?.id !== first.commandId) continue;
      judged += 1;
      const later = action === "start" ? (["stop", "start"] as const) : (["start"] as const);
      for (const next of later) await acceptCommand(ports, await command(order, "Count", next));
      const before = await pipeline.orders.get(order.id);
      await acceptCommand(ports, first);
      expect(await pipeline.orders.get(order.id), `killed after call ${nth}`).toEqual(before);
      expect(before?.steps.Count.status).toBe("working");
      const line = await lineOf(order.id, `C#${first.commandId}`);
      expect(line).toMatchObject({ data: { action, outcome: "accepted" } });
    }
    expect(judged).toBeGreaterThanOrEqual(2);
  },
);

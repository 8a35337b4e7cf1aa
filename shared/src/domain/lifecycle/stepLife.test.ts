import fc from "fast-check";
import { expect, test } from "vitest";
import { applyOrderWrite } from "../../../testing/applyOrderWrite.ts";
import { anOrder } from "../../../testing/builders.ts";
import { type StepName, stepNames } from "../steps.ts";
import { epochMilliseconds, instant } from "../time.ts";
import { type WorkOrder, workOrderSchema } from "../workOrder.ts";
import { judgeCommand } from "./judgement.ts";
import type { OrderWrite } from "./orderWrite.ts";
import { runLimits } from "./runLimits.ts";
import type { LeaseClaim } from "./runWrites.ts";
import { settleAgainWrite, settledWrite, settlerWrite } from "./settlementWrites.ts";
import { transition } from "./stepTransitions.ts";
import type { Trigger } from "./transitionRow.ts";
import { countersAfterStop, heartbeatWrite, pickUpWrite, progressWrite } from "./workerWrites.ts";

/** An order in a table, everybody who ever held a lease on it (zombies included), and what was read and not yet written. */
interface World {
  order: WorkOrder;
  now: number;
  commands: number;
  readonly leases: LeaseClaim[];
  /** Writes judged on an older state of the order, still on their way. */
  readonly late: { readonly change: OrderWrite; readonly isStart: boolean }[];
}

/** What a user may rely on: a step he stopped rests until he starts it, and what runs of Send left is settled at some time. */
interface Wishes {
  stopped: StepName | undefined;
  /** The run of Send that ended badly last, until it is settled. */
  readonly limbo: Set<string>;
}

type Action = fc.Command<Wishes, World>;

const start = Date.parse("2026-03-01T12:00:00.000Z");
const counters = { total: 9, sent: 1, skipped: 0, failed: 0, inDoubt: 0 };

function newWorld(): World {
  const order = anOrder({ sendContinuously: true, sendInterval: 60, sendUntil: instant(start + 7_200_000) });
  for (const name of stepNames) order.steps[name] = { status: "complete" };
  return { order, now: start, commands: 0, leases: [], late: [] };
}

function write(world: World, change: OrderWrite | undefined): WorkOrder | undefined {
  const before = world.order;
  const after = change && applyOrderWrite(before, change);
  if (!after) return undefined;
  world.order = after;
  const lease = after.runLease;
  const known = world.leases.some(({ token }) => token === lease?.token);
  if (lease && !known) world.leases.push({ step: lease.step as StepName, runId: lease.runId, token: lease.token });
  expect(after.fence).toBeGreaterThanOrEqual(before.fence);
  return after;
}

function holdsTogether({ order }: World, wishes: Wishes): void {
  workOrderSchema.parse(order);
  const status = (name: StepName) => order.steps[name].status;
  const working = stepNames.filter((name) => status(name) === "working");
  const sleeping = stepNames.filter((name) => status(name) === "sleeping");
  expect(working.length + sleeping.length).toBeLessThanOrEqual(1);
  expect(order.runLease !== undefined).toBe(working.length === 1);
  const isUnsettled = Object.keys(order.unsettled ?? {}).length > 0;
  const atRest = isUnsettled ? "settling" : undefined;
  expect(order.runState).toBe(working.length ? "working" : sleeping.length ? "sleeping" : atRest);
  if (wishes.limbo.size > 0 && working.length === 0) expect(isUnsettled).toBe(true);
  if (order.settler !== undefined) expect(order.runState).toBe("settling");
  expect(order.runCheckAt !== undefined).toBe(order.runState !== undefined);
  if (order.runLease) {
    expect(order.runLease).toMatchObject({
      step: working[0],
      runId: order.steps[working[0]!].runId,
      token: order.fence,
    });
  }
  for (const name of stepNames) {
    const { nextRunAt, nextRunId } = order.steps[name];
    expect([nextRunAt !== undefined, nextRunId !== undefined]).toEqual(Array(2).fill(status(name) === "sleeping"));
    if (nextRunAt) expect(nextRunAt <= order.sendUntil!).toBe(true);
  }
  if (sleeping.length) expect(order.runCheckAt).toBe(order.steps.Send.nextRunAt);
  if (wishes.stopped) expect(status(wishes.stopped)).toBe("interrupted");
}

function action(name: string, run: (world: World, wishes: Wishes) => void): Action {
  return {
    check: () => true,
    run(wishes, world) {
      const { status, runId } = world.order.steps.Send;
      run(world, wishes);
      const ended = world.order.steps.Send.status;
      if (status === "working" && ended !== "working") wishes.limbo.clear();
      // Its partitions are those of every run before it.
      if (status === "working" && ["interrupted", "error", "exception"].includes(ended)) wishes.limbo.add(runId!);
      holdsTogether(world, wishes);
    },
    toString: () => name,
  };
}

function command(world: World, step: StepName, kind: "start" | "stop") {
  world.commands += 1;
  const id = `01JNQ00000000000000000${String(world.commands).padStart(4, "0")}`;
  return judgeCommand(world.order, { id, step, action: kind }, world.now);
}

const starts = (step: StepName) =>
  action(`start ${step}`, (world, wishes) => {
    const judged = command(world, step, "start");
    if (write(world, judged.write) && judged.moved) wishes.stopped = undefined;
  });

const stops = (step: StepName) =>
  action(`stop ${step}`, (world, wishes) => {
    const ran = ["working", "sleeping"].includes(world.order.steps[step].status);
    const judged = command(world, step, "stop");
    expect(write(world, judged.write)).toBeDefined();
    if (!ran) return;
    expect(world.order.steps[step].status).toBe("interrupted");
    wishes.stopped = step;
  });

/** A second ingest judges now and writes later. */
const startsLate = (step: StepName) =>
  action(
    `judge a start of ${step}, write it later`,
    (world) => void world.late.push({ change: command(world, step, "start").write, isStart: true }),
  );
const writesLate = action("a late write arrives", (world, wishes) => {
  const late = world.late.shift();
  if (late && write(world, late.change) && late.isStart) wishes.stopped = undefined;
});

const passes = (seconds: number) =>
  action(`${seconds} s pass`, (world) => {
    world.now += seconds * 1000;
  });

const running = (order: WorkOrder) =>
  stepNames.find((name) => ["working", "sleeping"].includes(order.steps[name].status));

const reaps = (kind: "not-picked-up" | "lost" | "due", late: boolean) =>
  action(`ingest looks for ${kind}${late ? ", writes later" : ""}`, (world) => {
    const step = running(world.order);
    const silentMilliseconds = world.now - epochMilliseconds(world.order.runCheckAt ?? instant(world.now));
    const taken =
      step && transition(world.order, step, { kind, now: world.now, silentMilliseconds, limits: runLimits });
    if (!taken) return;
    if (late) world.late.push({ change: taken.write, isStart: false });
    else expect(write(world, taken.write)).toBeDefined();
  });

/** Any worker that ever had a job does something under its lease; only the current one may have an effect. */
const works = (nth: number, what: (lease: LeaseClaim, world: World) => OrderWrite | undefined, name: string) =>
  action(`worker ${nth} ${name}`, (world) => {
    const lease = world.leases.at(-1 - (nth % Math.max(1, world.leases.length)));
    if (!lease) return;
    const before = world.order;
    const holds = before.runLease?.token === lease.token && before.runLease.runId === lease.runId;
    const after = write(world, what(lease, world));
    if (!holds) expect(after).toBeUndefined();
  });

const ends = (lease: LeaseClaim, world: World, trigger: (lease: LeaseClaim, now: number) => Trigger) => {
  // A worker acts on the order as its pick-up left it.
  const steps = {
    ...world.order.steps,
    [lease.step]: { ...world.order.steps[lease.step], status: "working" as const },
  };
  return transition({ ...world.order, steps }, lease.step, trigger(lease, world.now))?.write;
};
const said = { message: "so far", counters };

const triggers: Record<string, (lease: LeaseClaim, now: number) => Trigger> = {
  completes: (lease, now) => ({ kind: "done", lease, now, said }),
  fails: (lease, now) => ({ kind: "failed", lease, now, said }),
  throws: (lease, now) => ({ kind: "threw", lease, now, said }),
  "ends a pass": (lease, now) => ({ kind: "pass-done", lease, now, said }),
  "runs out of quota": (lease, now) => ({ kind: "quota", lease, now, said, wakeAt: now + 90_000 }),
  "fails for now": (lease, now) => ({ kind: "retryable", lease, now, said, random: 0.5 }),
  "meets an outage": (lease, now) => ({ kind: "retryable", lease, now, said, random: 0.5, outage: true }),
  "hands back": (lease, now) => ({ kind: "hand-back", lease, now }),
};

const working = (order: WorkOrder) => order.steps.Send.status === "working";

/** A settler takes its turn; one that read the order before somebody else wrote it has no effect. */
const settles = (isLate: boolean) =>
  action(`a settler settles${isLate ? " what it had read before a start" : ""}`, (world, wishes) => {
    const { order: before, now } = world;
    const at = { seen: before.runCheckAt ?? "", now };
    const held = write(world, settlerWrite(at.seen, "s-1", now + 1));
    expect(held !== undefined).toBe(before.runState === "settling");
    if (!held) return;
    const [runId] = Object.keys(held.unsettled!);
    if (isLate && write(world, command(world, "Send", "start").write) && working(world.order))
      wishes.stopped = undefined;
    const since = { seen: held.runCheckAt!, now: now + 2 };
    const isShown = held.steps.Send.runId === runId && held.steps.Send.status === held.unsettled![runId!]?.status;
    const settled = write(world, settledWrite(held, runId!, isShown ? { counters } : undefined, since));
    if (working(world.order)) expect(settled).toBeUndefined();
    if (!settled) return;
    wishes.limbo.delete(runId!);
    expect(settled.steps).toEqual({
      ...held.steps,
      Send: { ...held.steps.Send, ...(isShown && { counters }) },
    });
  });
const settlesAgain = action("a worker settles claims of the last run behind its end", (world) => {
  const { runId } = world.order.steps.Send;
  const again = runId && settleAgainWrite(world.order, "Send", runId, world.now);
  if (again) expect(write(world, again)?.unsettled).toHaveProperty([runId]);
});

const anyStep = fc.constantFrom<StepName>("Count", "Send", "Send", "Send");
// Mostly the newest lease, so that runs get somewhere; else any that ever was.
const anyWorker = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) });
const sleepy = fc.constantFrom("ends a pass", "runs out of quota", "fails for now");
const actions = [
  anyStep.map(starts),
  anyStep.map(startsLate),
  anyStep.map(stops),
  fc.constant(writesLate),
  fc.boolean().map(settles),
  fc.constant(settlesAgain),
  fc.constantFrom(1, 16, 61, 400).map(passes),
  sleepy.map((name) => works(0, (lease, world) => ends(lease, world, triggers[name]!), name)),
  fc
    .tuple(fc.constantFrom("not-picked-up", "lost", "due", "due"), fc.boolean())
    .map(([kind, late]) => reaps(kind, late)),
  anyWorker.map((nth) => works(nth, (lease, { now }) => pickUpWrite(lease, `w-${nth}`, now), "picks up")),
  anyWorker.map((nth) => works(nth, (lease, { now }) => heartbeatWrite(lease, now), "beats")),
  anyWorker.map((nth) => works(nth, (lease) => progressWrite(lease, said), "reports")),
  fc
    .tuple(anyWorker, fc.constantFrom(...Object.entries(triggers)))
    .map(([nth, [name, trigger]]) => works(nth, (lease, world) => ends(lease, world, trigger), name)),
];

test("acceptance 7: whatever happens in whatever order, one run works, the fence only grows, a stale lease writes nothing", () => {
  fc.assert(
    fc.property(fc.commands(actions, { maxCommands: 60, size: "max" }), (sequence) => {
      fc.modelRun(() => ({ model: { stopped: undefined, limbo: new Set<string>() }, real: newWorld() }), sequence);
    }),
    { numRuns: 800 },
  );
}, 120_000);

test("acceptance 7: after a stop a worker writes its numbers, whole and per language in one write, and nothing else, until the next start", () => {
  const world = newWorld();
  write(world, command(world, "Count", "start").write);
  const lease = world.leases[0]!;
  write(world, pickUpWrite(lease, "w-1", world.now));
  write(world, command(world, "Count", "stop").write);
  const stopped = world.order;
  const languages = { EN: { ...counters } };
  const counted = write(world, countersAfterStop(lease, { counters, languages }));
  expect(counted).toEqual({
    ...stopped,
    version: stopped.version + 1,
    steps: { ...stopped.steps, Count: { ...stopped.steps.Count, counters, languages } },
  });
  write(world, command(world, "Count", "start").write);
  expect(write(world, countersAfterStop(lease, { counters }))).toBeUndefined();
});

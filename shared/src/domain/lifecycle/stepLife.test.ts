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
interface Fixture {
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

type Action = fc.Command<Wishes, Fixture>;

const start = Date.parse("2026-03-01T12:00:00.000Z");
const counters = { total: 9, sent: 1, skipped: 0, failed: 0, inDoubt: 0 };

function newFixture(): Fixture {
  const order = anOrder({ sendContinuously: true, sendInterval: 60, sendUntil: instant(start + 7_200_000) });
  for (const name of stepNames) order.steps[name] = { status: "complete" };
  return { order, now: start, commands: 0, leases: [], late: [] };
}

function write(fixture: Fixture, change: OrderWrite | undefined): WorkOrder | undefined {
  const before = fixture.order;
  const after = change && applyOrderWrite(before, change);
  if (!after) return undefined;
  fixture.order = after;
  const lease = after.runLease;
  const known = fixture.leases.some(({ token }) => token === lease?.token);
  if (lease && !known) fixture.leases.push({ step: lease.step as StepName, runId: lease.runId, token: lease.token });
  expect(after.fence).toBeGreaterThanOrEqual(before.fence);
  return after;
}

function holdsTogether({ order }: Fixture, wishes: Wishes): void {
  workOrderSchema.parse(order);
  const status = (name: StepName) => order.steps[name].status;
  const working = stepNames.filter((name) => status(name) === "working");
  const sleeping = stepNames.filter((name) => status(name) === "sleeping");
  expect(working.length + sleeping.length).toBeLessThanOrEqual(1);
  expect(order.runLease !== undefined).toBe(working.length === 1);
  const isUnsettled = Object.keys(order.unsettled ?? {}).length > 0;
  const atRest = isUnsettled ? "settling" : undefined;
  const asleep = order.steps.Send.scheduled ? "scheduled" : "sleeping";
  expect(order.runState).toBe(working.length ? "working" : sleeping.length ? asleep : atRest);
  for (const name of stepNames) if (order.steps[name].scheduled) expect(status(name)).toBe("sleeping");
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
    const { nextRunAt, nextRunId, sleepsFor, ceiling } = order.steps[name];
    const whileAsleep = [nextRunAt, nextRunId, sleepsFor].map((field) => field !== undefined);
    expect(whileAsleep).toEqual(Array(3).fill(status(name) === "sleeping"));
    if (ceiling) expect(status(name)).toBe("error");
    if (nextRunAt) expect(nextRunAt <= order.sendUntil!).toBe(true);
  }
  if (sleeping.length) expect(order.runCheckAt).toBe(order.steps.Send.nextRunAt);
  if (wishes.stopped) expect(status(wishes.stopped)).toBe("interrupted");
}

function action(name: string, run: (fixture: Fixture, wishes: Wishes) => void): Action {
  return {
    check: () => true,
    run(wishes, fixture) {
      const { status, runId } = fixture.order.steps.Send;
      run(fixture, wishes);
      const ended = fixture.order.steps.Send.status;
      if (status === "working" && ended !== "working") wishes.limbo.clear();
      // Its partitions are those of every run before it.
      if (status === "working" && ["interrupted", "error", "exception"].includes(ended)) wishes.limbo.add(runId!);
      holdsTogether(fixture, wishes);
    },
    toString: () => name,
  };
}

function command(fixture: Fixture, step: StepName, kind: "start" | "stop" | "schedule", inSeconds = 0) {
  fixture.commands += 1;
  const id = `01JNQ00000000000000000${String(fixture.commands).padStart(4, "0")}`;
  const startAt = instant(fixture.now + inSeconds * 1000);
  return judgeCommand(fixture.order, { id, step, action: kind, startAt }, fixture.now);
}

const starts = (step: StepName) =>
  action(`start ${step}`, (fixture, wishes) => {
    const judged = command(fixture, step, "start");
    if (write(fixture, judged.write) && judged.moved) wishes.stopped = undefined;
  });

/** It may be scheduled while it is scheduled: that moves it. */
const schedules = (seconds: number, isLate: boolean) =>
  action(`schedule Send in ${seconds} s${isLate ? ", write it later" : ""}`, (fixture, wishes) => {
    const { write: change, moved } = command(fixture, "Send", "schedule", seconds);
    if (isLate) fixture.late.push({ change, isStart: true });
    else if (write(fixture, change) && moved) wishes.stopped = undefined;
  });

const stops = (step: StepName) =>
  action(`stop ${step}`, (fixture, wishes) => {
    const ran = ["working", "sleeping"].includes(fixture.order.steps[step].status);
    const judged = command(fixture, step, "stop");
    expect(write(fixture, judged.write)).toBeDefined();
    if (!ran) return;
    expect(fixture.order.steps[step].status).toBe("interrupted");
    wishes.stopped = step;
  });

/** A second ingest judges now and writes later. */
const startsLate = (step: StepName) =>
  action(
    `judge a start of ${step}, write it later`,
    (fixture) => void fixture.late.push({ change: command(fixture, step, "start").write, isStart: true }),
  );
const writesLate = action("a late write arrives", (fixture, wishes) => {
  const late = fixture.late.shift();
  if (late && write(fixture, late.change) && late.isStart) wishes.stopped = undefined;
});

const passes = (seconds: number) =>
  action(`${seconds} s pass`, (fixture) => {
    fixture.now += seconds * 1000;
  });

const running = (order: WorkOrder) =>
  stepNames.find((name) => ["working", "sleeping"].includes(order.steps[name].status));

const reaps = (kind: "not-picked-up" | "lost" | "due", late: boolean) =>
  action(`ingest looks for ${kind}${late ? ", writes later" : ""}`, (fixture) => {
    const step = running(fixture.order);
    const silentMilliseconds = fixture.now - epochMilliseconds(fixture.order.runCheckAt ?? instant(fixture.now));
    const taken =
      step && transition(fixture.order, step, { kind, now: fixture.now, silentMilliseconds, limits: runLimits });
    if (!taken) return;
    if (late) fixture.late.push({ change: taken.write, isStart: false });
    else expect(write(fixture, taken.write)).toBeDefined();
  });

/** Any worker that ever had a job does something under its lease; only the current one may have an effect. */
const works = (nth: number, what: (lease: LeaseClaim, fixture: Fixture) => OrderWrite | undefined, name: string) =>
  action(`worker ${nth} ${name}`, (fixture) => {
    const lease = fixture.leases.at(-1 - (nth % Math.max(1, fixture.leases.length)));
    if (!lease) return;
    const before = fixture.order;
    const holds = before.runLease?.token === lease.token && before.runLease.runId === lease.runId;
    const after = write(fixture, what(lease, fixture));
    if (!holds) expect(after).toBeUndefined();
  });

const ends = (lease: LeaseClaim, fixture: Fixture, trigger: (lease: LeaseClaim, now: number) => Trigger) => {
  // A worker acts on the order as its pick-up left it.
  const steps = {
    ...fixture.order.steps,
    [lease.step]: { ...fixture.order.steps[lease.step], status: "working" as const },
  };
  return transition({ ...fixture.order, steps }, lease.step, trigger(lease, fixture.now))?.write;
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
  releases: (lease, now) => ({ kind: "release", lease, now }),
};

const working = (order: WorkOrder) => order.steps.Send.status === "working";

/** A settler writes; one that read the order before another write has no effect. */
const settles = (isLate: boolean) =>
  action(`a settler settles${isLate ? " what it had read before a start" : ""}`, (fixture, wishes) => {
    const { order: before, now } = fixture;
    const at = { seen: before.runCheckAt ?? "", now };
    const held = write(fixture, settlerWrite(at.seen, "s-1", now + 1));
    expect(held !== undefined).toBe(before.runState === "settling");
    if (!held) return;
    const [runId] = Object.keys(held.unsettled!);
    if (isLate && write(fixture, command(fixture, "Send", "start").write) && working(fixture.order))
      wishes.stopped = undefined;
    const since = { seen: held.runCheckAt!, now: now + 2 };
    const isShown = held.steps.Send.runId === runId && held.steps.Send.status === held.unsettled![runId!]?.status;
    const settled = write(fixture, settledWrite(held, runId!, isShown ? { counters } : undefined, since));
    if (working(fixture.order)) expect(settled).toBeUndefined();
    if (!settled) return;
    wishes.limbo.delete(runId!);
    expect(settled.steps).toEqual({
      ...held.steps,
      Send: { ...held.steps.Send, ...(isShown && { counters }) },
    });
  });
const settlesAgain = action("a worker settles claims of the last run after its end", (fixture) => {
  const { runId } = fixture.order.steps.Send;
  const again = runId && settleAgainWrite(fixture.order, "Send", runId, fixture.now);
  if (again) expect(write(fixture, again)?.unsettled).toHaveProperty([runId]);
});

const anyStep = fc.constantFrom<StepName>("Count", "Send", "Send", "Send");
// Mostly the newest lease, so that runs get somewhere; else any that ever was.
const anyWorker = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) });
const sleepy = fc.constantFrom("ends a pass", "runs out of quota", "fails for now");
const actions = [
  anyStep.map(starts),
  anyStep.map(startsLate),
  anyStep.map(stops),
  fc.tuple(fc.constantFrom(0, 30, 300, 7200), fc.boolean()).map(([seconds, isLate]) => schedules(seconds, isLate)),
  fc.constant(writesLate),
  fc.boolean().map(settles),
  fc.constant(settlesAgain),
  fc.constantFrom(1, 16, 61, 400, 4000).map(passes),
  sleepy.map((name) => works(0, (lease, fixture) => ends(lease, fixture, triggers[name]!), name)),
  fc
    .tuple(fc.constantFrom("not-picked-up", "lost", "due", "due"), fc.boolean())
    .map(([kind, late]) => reaps(kind, late)),
  anyWorker.map((nth) => works(nth, (lease, { now }) => pickUpWrite(lease, `w-${nth}`, now), "picks up")),
  anyWorker.map((nth) => works(nth, (lease, { now }) => heartbeatWrite(lease, now), "beats")),
  anyWorker.map((nth) => works(nth, (lease) => progressWrite(lease, said), "reports")),
  fc
    .tuple(anyWorker, fc.constantFrom(...Object.entries(triggers)))
    .map(([nth, [name, trigger]]) => works(nth, (lease, fixture) => ends(lease, fixture, trigger), name)),
];

test("acceptance 7: whatever happens in whatever order, one run works, the fence only grows, a stale lease writes nothing", () => {
  fc.assert(
    fc.property(fc.commands(actions, { maxCommands: 60, size: "max" }), (sequence) => {
      fc.modelRun(() => ({ model: { stopped: undefined, limbo: new Set<string>() }, real: newFixture() }), sequence);
    }),
    { numRuns: 800 },
  );
}, 120_000);

test("acceptance 7: after a stop a worker writes its numbers, whole and per language in one write, and nothing else, until the next start", () => {
  const fixture = newFixture();
  write(fixture, command(fixture, "Count", "start").write);
  const lease = fixture.leases[0]!;
  write(fixture, pickUpWrite(lease, "w-1", fixture.now));
  write(fixture, command(fixture, "Count", "stop").write);
  const stopped = fixture.order;
  const languages = { EN: { ...counters } };
  const counted = write(fixture, countersAfterStop(lease, { counters, languages }));
  expect(counted).toEqual({
    ...stopped,
    version: stopped.version + 1,
    steps: { ...stopped.steps, Count: { ...stopped.steps.Count, counters, languages } },
  });
  write(fixture, command(fixture, "Count", "start").write);
  expect(write(fixture, countersAfterStop(lease, { counters }))).toBeUndefined();
});

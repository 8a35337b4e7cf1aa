import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { heartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { quick } from "../../testing/senders.ts";
import { noMetrics, openSendFixture, type SendFixture, silent, somePeople } from "../../testing/sendFixture.ts";
import { sendLimits } from "../sendLimits.ts";
import { chunkRegistry } from "./chunkRegistry.ts";
import { issueChunks, type Supervision } from "./issueChunks.ts";
import { newChunk } from "./planRun.ts";
import { retrySchedule } from "./retrySchedule.ts";
import { superviseChunks } from "./superviseChunks.ts";

const takeOverMilliseconds = 400;

/** The coordinator's side of one run with one chunk of two people; the test plays the workers. */
async function supervised(fixture: SendFixture) {
  const order = await fixture.addOrder();
  const runId = `run-${order.id}`;
  const partition = mailingKey(order, "EN");
  const jobs: { sk: string; token: number }[] = [];
  const supervision: Supervision = {
    ports: {
      ...{ runs: fixture.runs, deliveries: fixture.deliveries, clock, log: silent, metrics: noMetrics },
      pausedByHand: async () => undefined,
      runSignal: { notify: () => {}, listen: () => unheard, recall: () => {}, onRecall: () => unheard },
      chunkQueue: {
        add: async (added) => void jobs.push(...added),
        backlog: async () => ({ waiting: jobs.length, active: 0, workers: 1, useful: jobs.length }),
        [Symbol.asyncDispose]: async () => {},
      },
    },
    run: { runId, order, proveLease: () => {} },
    limits: { ...sendLimits, ...quick.limits, pickUpMilliseconds: 200, takeOverMilliseconds },
    registry: chunkRegistry(),
    watch: heartbeatWatch(clock, takeOverMilliseconds / 2),
    retries: retrySchedule(1),
    partitionOf: () => partition,
    width: 4,
    pace: 4,
  };
  const chunk = newChunk({ runId, fence: 1, ttl: 2_000_000_000 }, "chunk", "EN", 0, ["p-a", "p-b"]);
  await fixture.runs.putChunks([chunk]);
  supervision.registry.plan(chunk);
  await issueChunks(supervision);
  return { supervision, jobs, chunk, order, partition, runId };
}

test("no more chunks are issued at a time than the pace allows, and one that cannot be issued stays for later", async () => {
  await using fixture = await openSendFixture();
  const { supervision, jobs, runId } = await supervised(fixture);
  const { registry, ports } = supervision;
  const more = Array.from({ length: 30 }, (_, n) =>
    newChunk({ runId, fence: 1, ttl: 2_000_000_000 }, "chunk", "EN", n + 1, [`p-${n}`]),
  );
  await fixture.runs.putChunks(more);
  for (const one of more) registry.plan(one);
  let issues = 0;
  const issue: typeof ports.runs.issue = async (planned, at) => {
    issues += 1;
    if (issues === 2) throw new Error("the table is away");
    return fixture.runs.issue(planned, at);
  };
  const flaky = { ...supervision, pace: 15, ports: { ...ports, runs: { ...fixture.runs, issue } } };
  await expect(issueChunks(flaky)).rejects.toThrow("the table is away");
  expect(registry.issued.size + registry.waiting).toBe(31);
  await issueChunks(flaky);
  expect({ issued: registry.issued.size, waiting: registry.waiting }).toEqual({ issued: 15, waiting: 16 });
  expect(jobs.map(({ sk }) => sk).sort()).toEqual([...registry.issued.keys()].sort());
  expect(await issueChunks(flaky)).toBe(false);
});

test("a chunk no worker picks up gets its job again, as often as needed and under the same token", async () => {
  await using fixture = await openSendFixture();
  const { supervision, jobs } = await supervised(fixture);
  expect(jobs).toMatchObject([{ token: 1 }]);
  await eventually("the job is added twice more", async () => {
    await superviseChunks(supervision);
    return jobs.length >= 3;
  });
  expect(new Set(jobs.map(({ token }) => token))).toEqual(new Set([1]));
});

test("a chunk whose worker falls silent: its claims become in-doubt, and another worker may have it", async () => {
  await using fixture = await openSendFixture({ people: somePeople(2, (n) => ({ id: n ? "p-b" : "p-a" })) });
  const { supervision, jobs, chunk, order, partition, runId } = await supervised(fixture);
  const lost = await fixture.runs.pickUp({ ...chunk, token: 1 }, "worker-1", instant(Date.now()));
  expect(lost).toBeDefined();
  const claim = {
    ...{ participantId: "p-a", runId, claimId: "c-1", attempt: 1, contentHash: "x", workOrderId: order.id },
    ...{ account: "office", language: "EN", name: "Ana", email: "a@example.org", sendingAt: instant(Date.now()) },
  };
  await fixture.deliveries.claim(partition, [claim], { runId, now: instant(Date.now()), userStarted: true });
  await eventually("the chunk is taken from it", async () => {
    await superviseChunks(supervision);
    return jobs.some(({ token }) => token === 2);
  });
  expect(await fixture.deliveries.get(partition, "p-a")).toMatchObject({ status: "in-doubt" });
  expect(await fixture.deliveries.get(partition, "p-b")).toBeUndefined();
  expect(
    await fixture.runs.heartbeat({ ...chunk, token: 1, worker: "worker-1" }, instant(Date.now()), {
      counts: chunkCounts,
      retry: {},
    }),
  ).toBe(false);
  expect(await fixture.runs.pickUp({ ...chunk, token: 2 }, "worker-2", instant(Date.now()))).toMatchObject({
    losses: 1,
  });
});

test.each([-600_000, 600_000])(
  "acceptance 62: a chunk is left to a worker whose clock is %i ms off while its heartbeat changes, and taken once it does not",
  async (offMilliseconds) => {
    await using fixture = await openSendFixture();
    const { supervision, jobs, chunk } = await supervised(fixture);
    const theirs = () => instant(Date.now() + offMilliseconds);
    const held = { ...chunk, token: 1, worker: "worker-1" };
    expect(await fixture.runs.pickUp(held, held.worker, theirs())).toBeDefined();
    const until = performance.now() + 4 * takeOverMilliseconds;
    while (performance.now() < until) {
      expect(await fixture.runs.heartbeat(held, theirs(), { counts: chunkCounts, retry: {} })).toBe(true);
      await superviseChunks(supervision);
      await clock.sleep(20);
    }
    expect(jobs.filter(({ token }) => token > 1)).toEqual([]);

    const silentFrom = performance.now();
    await eventually("the chunk is taken from it", async () => {
      await superviseChunks(supervision);
      return jobs.some(({ token }) => token === 2);
    });
    expect(performance.now() - silentFrom).toBeGreaterThan(takeOverMilliseconds - 100);
    expect(await fixture.runs.chunk(chunk.runId, chunk.sk)).toMatchObject({ token: 2, losses: 1 });
  },
);

test("a coordinator that follows a killed process takes its chunks at once, and leaves those of others and of the living", async () => {
  await using fixture = await openSendFixture();
  const { supervision, chunk, order, runId } = await supervised(fixture);
  const more = [1, 2].map((n) => newChunk({ runId, fence: 1, ttl: 2_000_000_000 }, "chunk", "EN", n, [`p-${n}`]));
  await fixture.runs.putChunks(more);
  for (const one of more) supervision.registry.plan(one);
  await issueChunks(supervision);
  // By the clock of the lost process, which is no other's.
  const lostAt = Date.now() - 600_000;
  const [dead, elsewhere, living] = [chunk, ...more];
  const pickUp = (one: typeof chunk, worker: string, at: number) =>
    fixture.runs.pickUp({ ...one, token: 1 }, worker, instant(at));
  await pickUp(dead!, "host-7-aa", lostAt + 20);
  await pickUp(elsewhere!, "other-7-bb", lostAt + 20);
  await pickUp(living!, "host-7-cc", lostAt + 2 * takeOverMilliseconds);
  const lost = { worker: "host-7-dd", heartbeatAt: instant(lostAt) };
  const runLease = { runId, step: "Send" as const, token: 2, worker: "host-8-ee", lost };
  const follower = { ...supervision, run: { ...supervision.run, order: { ...order, runLease } } };
  await superviseChunks(follower);
  await clock.sleep(40);
  await superviseChunks(follower);
  const states = await fixture.runs.states(
    runId,
    [dead!, elsewhere!, living!].map(({ sk }) => sk),
  );
  const losses = Object.fromEntries(states.map(({ sk, losses }) => [sk, losses]));
  expect(losses).toEqual({ [dead!.sk]: 1, [elsewhere!.sk]: 0, [living!.sk]: 0 });
});

const unheard = { wake: () => {}, wait: async () => {}, [Symbol.dispose]: () => {} };
const chunkCounts = { total: 2, sent: 0, skipped: 0, failed: 0, inDoubt: 0 };

test("acceptance 6: the third loss of a chunk ends the run", async () => {
  await using fixture = await openSendFixture();
  const { supervision, chunk } = await supervised(fixture);
  const loseOnce = async (token: number) => {
    await fixture.runs.pickUp({ ...chunk, token }, `worker-${token}`, instant(Date.now()));
    const isMissed = async () => (await fixture.runs.chunk(chunk.runId, chunk.sk))?.token === token + 1;
    while (!(await isMissed())) await superviseChunks(supervision);
  };
  await loseOnce(1);
  await loseOnce(2);
  await expect(loseOnce(3)).rejects.toThrow(/lost its worker 3 times/);
});

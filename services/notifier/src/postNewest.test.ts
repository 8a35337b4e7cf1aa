import { setImmediate } from "node:timers/promises";
import type { Connection } from "@email-agent/shared/domain/connection.ts";
import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { describe, expect, test } from "vitest";
import type { PostResult } from "./adapters/sockets.ts";
import { postNewest } from "./postNewest.ts";

interface Post {
  readonly connectionId: string;
  readonly workOrderId: string;
  readonly version: number;
  readonly status: StepStatus;
  respond(result: PostResult | Error): Promise<void>;
}

const connection = (connectionId: string, connectedAt = "2026-01-01T00:00:00.000Z"): Connection => {
  const expiresAt = Date.parse(connectedAt) / 1000 + 7200;
  return { connectionId, userId: "anna", role: "read", eventAccess: ["*"], connectedAt, expiresAt };
};

function event(workOrderId: string, version: number, status: StepStatus = "working"): StatusEvent {
  const order = { ...anOrder(), id: workOrderId };
  const steps = { ...order.steps, Send: { status, runId: "run-1" } };
  const at = "2026-01-01T00:00:00.000Z";
  return {
    v: 1,
    type: "work-order.snapshot",
    workOrderId,
    eventCode: "E2026",
    version,
    at,
    order: { ...order, steps, version },
  };
}

/** A poster whose posts a test completes one by one; those of `instant` connections succeed at once. */
function posterFixture({ instant = () => false }: { instant?: (connectionId: string) => boolean } = {}) {
  const clock = fakeClock();
  const posts: Post[] = [];
  const open = new Set<Post>();
  const removed: string[] = [];
  let errors = 0;
  const logged: string[] = [];
  const log = { debug() {}, info() {}, warn: (_: unknown, text: string) => void logged.push(text), error() {} };
  const countErrors = (_: string, by: number) => {
    errors += by;
  };
  const poster = postNewest({
    ...{ clock, log, metrics: { count: countErrors } },
    sockets: {
      post(connectionId, { text }) {
        const { workOrderId, version, order } = JSON.parse(text);
        const { promise, resolve, reject } = Promise.withResolvers<PostResult>();
        const post: Post = {
          ...{ connectionId, workOrderId, version, status: order?.steps.Send.status },
          async respond(result) {
            open.delete(post);
            if (result instanceof Error) reject(result);
            else resolve(result);
            await setImmediate();
          },
        };
        posts.push(post);
        open.add(post);
        if (instant(connectionId)) void post.respond("sent");
        return promise;
      },
    },
    remove: async (connectionId) => void removed.push(connectionId),
  });
  /** Offers and says whether it is settled, now or later. */
  const offer = async (event: StatusEvent, connections: readonly Connection[]) => {
    const state = { isSettled: false };
    const { settled } = await poster.offer(event, connections);
    void settled.then(() => {
      state.isSettled = true;
    });
    await setImmediate();
    return state;
  };
  const respondAll = async () => {
    while (open.size > 0) await Promise.all([...open].map((post) => post.respond("sent")));
  };
  return { clock, posts, removed, logged, poster, offer, respondAll, errors: () => errors };
}

describe("posting the newest", () => {
  test("acceptance 82: a connection that is behind gets of each order only its newest state, the last one included, in order", async () => {
    const { posts, offer, respondAll } = posterFixture();
    const anna = connection("anna");
    const settled = [];
    for (let version = 1; version <= 20; version += 1)
      for (const id of ["wo-1", "wo-2", "wo-3"])
        settled.push(await offer(event(id, version, version === 20 ? "complete" : "working"), [anna]));
    expect(posts).toHaveLength(1);
    await respondAll();
    expect(posts.map(({ workOrderId, version, status }) => `${workOrderId} ${version} ${status}`)).toEqual([
      "wo-1 1 working",
      "wo-2 20 complete",
      "wo-3 20 complete",
      "wo-1 20 complete",
    ]);
    expect(settled.every(({ isSettled }) => isSettled)).toBe(true);
  });

  test("an older state is never posted behind a newer one", async () => {
    const { posts, offer, respondAll } = posterFixture();
    const anna = connection("anna");
    for (const version of [5, 4, 7, 6, 3]) await offer(event("wo-1", version), [anna]);
    await respondAll();
    expect(posts.map(({ version }) => version)).toEqual([5, 7]);
  });

  test("an event is settled once every connection has it, or has a newer one waiting, and not before", async () => {
    const { posts, offer } = posterFixture();
    const both = [connection("anna"), connection("bo")];
    const first = await offer(event("wo-1", 1), both);
    const second = await offer(event("wo-1", 2), both);
    await posts[0]?.respond("sent");
    expect([first.isSettled, second.isSettled]).toEqual([false, false]);
    const third = await offer(event("wo-1", 3), both);
    // anna's post of 2 is under way, bo's 2 gave way to 3.
    await posts[1]?.respond("sent");
    expect([first.isSettled, second.isSettled, third.isSettled]).toEqual([true, false, false]);
    await posts[2]?.respond("sent");
    expect([second.isSettled, third.isSettled]).toEqual([true, false]);
    await posts[3]?.respond("sent");
    await posts[4]?.respond("sent");
    expect(third.isSettled).toBe(true);
    expect((await offer(event("wo-1", 4), [])).isSettled).toBe(true);
  });

  test("connections that take long do not delay the others, however many they are", async () => {
    const { clock, posts, offer } = posterFixture({ instant: (id) => id.startsWith("quick") });
    const hung = Array.from({ length: 200 }, (_, n) => connection(`hung-${n}`));
    const quick = Array.from({ length: 500 }, (_, n) => connection(`quick-${n}`));
    const reached = (id: string) =>
      posts.filter(({ workOrderId, connectionId }) => workOrderId === id && connectionId.startsWith("quick")).length;
    await offer(event("wo-1", 1), [...hung, ...quick]);
    await clock.advance(3000);
    expect(reached("wo-1")).toBe(quick.length);
    // By now it is known which ones take long.
    const startedAt = clock.monotonic();
    await offer(event("wo-2", 1), [...hung, ...quick]);
    expect({ reached: reached("wo-2"), after: clock.monotonic() - startedAt }).toEqual({ reached: 500, after: 0 });
  });

  test("throttling is met with a growing backoff, during which newer states replace what waits", async () => {
    const { clock, posts, offer, errors } = posterFixture();
    const anna = connection("anna");
    const first = await offer(event("wo-1", 1), [anna]);
    const at: number[] = [];
    for (let version = 2; version <= 6; version += 1) {
      await posts.at(-1)?.respond("throttled");
      await offer(event("wo-1", version), [anna]);
      const before = clock.monotonic();
      const sent = posts.length;
      while (posts.length === sent) await clock.advance(50);
      at.push(Math.round(clock.monotonic() - before));
    }
    expect(at).toEqual([250, 500, 1000, 2000, 4000]);
    expect(first.isSettled).toBe(true);
    await posts.at(-1)?.respond("sent");
    expect(posts.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(errors()).toBe(0);
  });

  test("a post that fails twice is counted and given up; what comes next is tried once until one succeeds", async () => {
    const { clock, posts, offer, errors, logged } = posterFixture();
    const anna = connection("anna");
    const first = await offer(event("wo-1", 1), [anna]);
    await posts[0]?.respond(new Error("500"));
    await clock.advance(250);
    await posts[1]?.respond(new Error("500"));
    expect({ settled: first.isSettled, errors: errors() }).toEqual({ settled: true, errors: 1 });
    expect(logged).toEqual(["a message did not reach a connection"]);
    await offer(event("wo-2", 1), [anna]);
    await clock.advance(500);
    await posts[2]?.respond(new Error("time-out"));
    expect(errors()).toBe(2);
    await offer(event("wo-2", 2), [anna]);
    await clock.advance(1000);
    await posts[3]?.respond("sent");
    await offer(event("wo-2", 3), [anna]);
    await posts[4]?.respond(new Error("500"));
    await clock.advance(250);
    await posts[5]?.respond("sent");
    expect(posts.map(({ workOrderId, version }) => `${workOrderId} ${version}`)).toEqual([
      "wo-1 1",
      "wo-1 1",
      "wo-2 1",
      "wo-2 2",
      "wo-2 3",
      "wo-2 3",
    ]);
    expect(errors()).toBe(2);
  });

  test("a closed connection is removed and everything for it settled; one that is opening is tried again", async () => {
    const { clock, posts, offer, removed } = posterFixture();
    const old = await Promise.all([1, 2].map((n) => offer(event(`wo-${n}`, 1), [connection("old")])));
    await posts[0]?.respond("gone");
    expect(removed).toEqual(["old"]);
    expect(old.map(({ isSettled }) => isSettled)).toEqual([true, true]);
    const opening = connection("opening", new Date(clock.now() - 1000).toISOString());
    const late = await offer(event("wo-1", 2), [opening]);
    await posts.at(-1)?.respond("gone");
    expect(late.isSettled).toBe(false);
    await clock.advance(1000);
    await posts.at(-1)?.respond("sent");
    expect({ removed, settled: late.isSettled }).toEqual({ removed: ["old"], settled: true });
  });

  test("backpressure: no more events are accepted while 500,000 posts wait, and a log line says so", async () => {
    const { posts, poster, logged, clock } = posterFixture();
    const many = Array.from({ length: 5000 }, (_, n) => connection(`c-${n}`));
    for (let n = 1; n <= 100; n += 1) await poster.offer(event(`wo-${n}`, 1), many);
    let taken = false;
    const offered = poster.offer(event("wo-101", 1), many).then(() => {
      taken = true;
    });
    await clock.advance(100);
    expect(taken).toBe(false);
    expect(logged.filter((text) => text.includes("no more events are accepted"))).toHaveLength(1);
    // A newer state of an order that waits anyway takes no room.
    await poster.offer(event("wo-50", 2), many);
    for (let n = 0; n < 60_000 && !taken; n += 1) await posts[n]?.respond("sent");
    await offered;
    expect(taken).toBe(true);
  }, 60_000);
});

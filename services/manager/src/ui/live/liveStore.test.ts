import { expect, onTestFinished, test } from "vitest";
import { anOrder } from "../../../../../shared/testing/builders.ts";
import { type LiveWorld, liveWorld } from "../../../testing/liveWorld.ts";
import type { Order } from "../../api/orders.ts";
import { RequestFailed } from "../http.ts";
import { type LiveStore, liveStore } from "./liveStore.ts";

/** A page that is connected and has its list. */
async function openPage(world: LiveWorld): Promise<LiveStore> {
  const store = liveStore(world.ports);
  onTestFinished(store.open());
  await world.settle();
  return store;
}
const only = (world: LiveWorld): Order => [...world.truth.values()][0] as Order;
const listsOf = (world: LiveWorld) => world.calls.filter(({ kind }) => kind === "list").length;
const sayingIn = (message: string) => (order: Order) => ({
  steps: { ...order.steps, Count: { ...order.steps.Count, message } },
});

test("after the socket opened the list is read, and only then the page counts as connected", async () => {
  const world = liveWorld();
  world.answersAtOnce = false;
  const store = await openPage(world);
  expect([store.orders().phase, store.connection()]).toEqual(["loading", "connecting"]);
  expect(world.socket().url).toBe("wss://live?ticket=t1");

  world.requests[0]?.deliver();
  await world.settle();
  expect(store.connection()).toBe("connected");
  expect(store.orders()).toMatchObject({ phase: "ready", orders: [only(world)] });
});

test("acceptance 30: after a connection gap the list is right without reloading the page, with a new ticket", async () => {
  const [kept, gone] = [anOrder(), anOrder()];
  const world = liveWorld([kept, gone]);
  const store = await openPage(world);
  world.cut();
  await world.settle();
  expect(store.connection()).toBe("disconnected");

  world.write(kept.id, sayingIn("written in the gap"));
  world.erase(gone.id);
  const born = anOrder();
  world.truth.set(born.id, born);
  await world.clock.advance(1500);
  await world.settle();

  expect(store.connection()).toBe("connected");
  expect(
    store
      .orders()
      .orders.map(({ id }) => id)
      .sort(),
  ).toEqual([kept.id, born.id].sort());
  expect(store.order(kept.id)?.steps.Count.message).toBe("written in the gap");
  expect(new Set(world.sockets.map(({ url }) => url)).size).toBe(2);
});

test("acceptance 30: what is sent while the list is read is not lost, and what the list is ahead of changes nothing", async () => {
  const world = liveWorld([anOrder(), anOrder()]);
  const store = await openPage(world);
  world.answersAtOnce = false;
  world.cut();
  await world.clock.advance(1500);
  const [first, second] = [...world.truth.keys()] as [string, string];
  const early = world.write(first, sayingIn("early"));
  world.requests[0]?.look();
  const late = world.write(second, sayingIn("late"));
  const born = anOrder();
  world.truth.set(born.id, born);
  world.tell(late);
  world.tell({ ...late, workOrderId: born.id, version: 1, order: born });
  world.requests[0]?.deliver();
  await world.settle();
  world.requests[0]?.deliver();
  await world.settle();
  world.tell({ ...early, version: 1, order: { ...only(world), version: 1 } });

  expect(store.order(first)?.steps.Count.message).toBe("early");
  expect(store.order(second)?.steps.Count.message).toBe("late");
  expect(store.order(born.id)).toEqual(born);
});

test("it tries to connect again after 1, 2, 4 … 30 s with jitter, without end, and at once when the network is back", async () => {
  const world = liveWorld();
  world.failing.set("ticket", 503);
  const store = await openPage(world);
  const tickets = () => world.calls.filter(({ kind }) => kind === "ticket").length;
  for (const seconds of [1.5, 2.5, 4.5, 8.5, 16.5, 30, 30, 30]) {
    const before = tickets();
    await world.clock.advance(seconds * 1000 - 1);
    expect(tickets()).toBe(before);
    await world.clock.advance(1);
    expect(tickets()).toBe(before + 1);
  }
  // HTTP works: the page shows what it tells, and says that it is not current.
  expect([store.orders().phase, store.connection()]).toEqual(["ready", "disconnected"]);

  world.failing.clear();
  store.notice("online");
  await world.settle();
  expect(store.connection()).toBe("connected");

  store.notice("offline");
  await world.settle();
  expect(store.connection()).toBe("disconnected");
  store.notice("visible");
  await world.settle();
  expect(store.connection()).toBe("connected");
});

test("a ping goes out every 5 minutes; a connection a sleeping machine left behind is replaced", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  await world.clock.advance(15 * 60_000);
  expect(world.socket().sent).toEqual(Array(3).fill('{"type":"ping"}'));

  world.clock.setNow(world.clock.now() + 3 * 3_600_000);
  store.notice("visible");
  await world.settle();
  expect(world.sockets).toHaveLength(2);
  expect(store.connection()).toBe("connected");
});

test("nobody signed in: the connection is not tried again", async () => {
  const world = liveWorld();
  world.failing.set("ticket", 401);
  world.failing.set("list", 401);
  await openPage(world);
  await world.clock.advance(120_000);
  expect(world.calls.map(({ kind }) => kind)).toEqual(["ticket", "list"]);
});

test("a list that cannot be read is asked for again, and the page says so", async () => {
  const world = liveWorld();
  world.failing.set("list", 503);
  const store = await openPage(world);
  expect(store.orders()).toMatchObject({ phase: "failed", problem: "The server answered 503." });
  world.failing.clear();
  await world.clock.advance(1500);
  expect(store.orders().phase).toBe("ready");
  expect(store.connection()).toBe("connected");
});

test("a WebSocket that never opens does not keep the list from the page", async () => {
  const world = liveWorld();
  world.opensAtOnce = false;
  const store = await openPage(world);
  expect(listsOf(world)).toBe(0);
  await world.clock.advance(1500);
  expect([store.orders().phase, store.connection()]).toEqual(["ready", "connecting"]);
  await world.clock.advance(13_500);
  expect(world.sockets[0]?.isClosed).toBe(true);
});

test("older and equal versions are ignored, also after a deletion", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  const { id } = only(world);
  const first = world.write(id, sayingIn("first"));
  const second = world.write(id, sayingIn("second"));
  world.tell(second);
  world.tell(first);
  expect(store.order(id)?.steps.Count.message).toBe("second");

  world.tell(world.erase(id));
  world.tell(second);
  await world.settle();
  expect(store.order(id)).toBeUndefined();
  expect(store.orders().orders).toEqual([]);
});

test("a state of an order that a lost message deleted does not bring it back", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  const { id } = only(world);
  const late = world.write(id, sayingIn("late"));
  world.erase(id);
  world.cut();
  await world.clock.advance(1500);
  expect(store.order(id)).toBeUndefined();
  world.tell(late);
  await world.settle();
  expect(store.order(id)).toBeUndefined();
});

test("an answer that was read before a deletion does not bring the order back", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  const { id } = only(world);
  world.answersAtOnce = false;

  // A single order, the deletion told by a message.
  const reading = store.refresh(id);
  world.requests[0]?.look();
  world.tell(world.erase(id));
  world.requests[0]?.deliver();
  await world.settle();
  expect(store.order(id)).toBeUndefined();
  world.requests[0]?.deliver();
  await expect(reading).rejects.toMatchObject({ status: 404 });

  // A single order nobody knew, the deletion told by a list that lacks it.
  const born = anOrder();
  world.truth.set(born.id, born);
  const another = store.refresh(born.id);
  world.requests[0]?.look();
  world.truth.delete(born.id);
  store.reload();
  world.requests[1]?.deliver();
  await world.settle();
  world.requests[0]?.deliver();
  await world.settle();
  expect(store.order(born.id)).toBeUndefined();
  world.requests[0]?.deliver();
  await expect(another).rejects.toMatchObject({ status: 404 });
});

test("a list that was read before a deletion does not bring the order back", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  world.answersAtOnce = false;
  store.reload();
  world.requests[0]?.look();
  const { id } = only(world);
  world.tell(world.erase(id));
  world.requests[0]?.deliver();
  await world.settle();
  expect(store.order(id)).toBeUndefined();
});

test("what is asked for while it is being read is read once more: the first answer may be older", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  const { id } = only(world);
  world.answersAtOnce = false;
  const first = store.refresh(id);
  world.requests[0]?.look();
  world.write(id, sayingIn("newer"));
  const second = store.refresh(id);
  world.requests[0]?.deliver();
  await world.settle();
  expect(world.requests).toHaveLength(1);
  world.requests[0]?.deliver();
  await Promise.all([first, second]);
  expect(store.order(id)?.steps.Count.message).toBe("newer");

  // Also if the first answer was a failure.
  const third = store.refresh(id);
  const fourth = store.refresh(id);
  world.requests[0]?.fail(503);
  await world.settle();
  world.requests[0]?.deliver();
  await Promise.all([third, fourth]);
});

test("work-order.changed reads the order over HTTP, again while the server does not answer", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  const { id } = only(world);
  world.failing.set("read", 503);
  const { version } = world.write(id, sayingIn("too large for a message"));
  world.tell({ v: 1, type: "work-order.changed", workOrderId: id, version });
  await world.settle();
  world.failing.clear();
  await world.clock.advance(1000);
  expect(store.order(id)?.steps.Count.message).toBe("too large for a message");

  const reads = world.calls.length;
  world.tell({ v: 1, type: "work-order.changed", workOrderId: id, version });
  await world.settle();
  expect(world.calls).toHaveLength(reads);
});

test.each([
  "",
  "{",
  "null",
  "[1]",
  '{"v":1}',
  '{"v":2,"type":"work-order.deleted","workOrderId":"wo-1","version":9}',
  '{"v":1,"type":"work-order.deleted","workOrderId":7,"version":9}',
  '{"v":1,"type":"work-order.snapshot","workOrderId":"wo-1","version":9}',
  '{"v":1,"type":"work-order.snapshot","workOrderId":"wo-1","version":9,"order":{"id":"wo-1","version":9}}',
  '{"message":"Internal server error","connectionId":"x","requestId":"y"}',
])("a message that is not ours changes nothing: %s", async (text) => {
  const world = liveWorld();
  const store = await openPage(world);
  const before = store.orders();
  world.socket().onMessage(text);
  await world.settle();
  expect(store.orders()).toBe(before);
});

test("findings stay with their run, though lists and large messages leave them out", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  const { id } = only(world);
  const details = [{ language: "EN", rule: "Q3", severity: "error" as const, text: "The Zoom link differs." }];
  const ended = {
    status: "error" as const,
    runId: "r1",
    startedAt: "2026-03-01T08:00:00.000Z",
    endedAt: "2026-03-01T08:01:00.000Z",
  };
  const prepare = (Prepare: Order["steps"]["Prepare"]) => (order: Order) => ({ steps: { ...order.steps, Prepare } });
  world.tell(world.write(id, prepare({ ...ended, details })));
  world.tell(world.write(id, prepare(ended)));
  expect(store.order(id)?.steps.Prepare.details).toEqual(details);

  world.tell(world.write(id, prepare({ status: "ready", runId: "r1" })));
  expect(store.order(id)?.steps.Prepare.details).toBeUndefined();

  // The order page reads what the list left out, though it is no newer.
  world.tell(world.write(id, prepare(ended)));
  world.truth.set(id, { ...only(world), steps: { ...only(world).steps, Prepare: { ...ended, details } } });
  await store.refresh(id);
  expect(store.order(id)?.steps.Prepare.details).toEqual(details);
});

test("a thousand messages a second are ten notifications, and other orders stay the same objects", async () => {
  const world = liveWorld([anOrder(), anOrder()]);
  const store = await openPage(world);
  world.paint();
  await world.clock.advance(1000);
  let notified = 0;
  store.subscribe(() => {
    notified += 1;
  });
  const [busy, calm] = [...world.truth.keys()] as [string, string];
  const before = store.order(calm);
  for (let n = 0; n < 1000; n += 1) {
    world.tell(world.write(busy, sayingIn(`message ${n}`)));
    await world.clock.advance(1);
    if (n % 16 === 0) world.paint();
    // The first is shown in the next frame.
    if (n === 0) expect(notified).toBe(1);
  }
  expect(notified).toBeGreaterThanOrEqual(8);
  expect(notified).toBeLessThanOrEqual(10);
  expect(store.order(busy)?.steps.Count.message).toBe("message 999");
  expect(store.order(calm)).toBe(before);

  await world.clock.advance(100);
  const shown = notified;
  world.paint();
  expect(notified).toBe(shown + 1);
});

test("answers of other requests are taken over, and what they deleted stays away", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  const { id } = only(world);
  world.write(id, sayingIn("saved"));
  store.apply(only(world));
  expect(store.order(id)?.steps.Count.message).toBe("saved");
  store.remove(id);
  world.tell(world.write(id));
  expect(store.order(id)).toBeUndefined();
});

test("reading an order that is not there says so and forgets it", async () => {
  const world = liveWorld();
  const store = await openPage(world);
  const { id } = only(world);
  world.truth.clear();
  await expect(store.refresh(id)).rejects.toBeInstanceOf(RequestFailed);
  expect(store.order(id)).toBeUndefined();
});

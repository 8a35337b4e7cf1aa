import { expect, onTestFinished, test } from "vitest";
import { anOrder } from "../../../../../shared/testing/builders.ts";
import { type LiveFixture, liveFixture } from "../../../testing/liveFixture.ts";
import type { Order } from "../../api/orders.ts";
import { RequestFailed } from "../http.ts";
import { type LiveStore, liveStore } from "./liveStore.ts";

/** A page that is connected and has its list. */
async function openPage(fixture: LiveFixture): Promise<LiveStore> {
  const store = liveStore(fixture.ports);
  onTestFinished(store.open());
  await fixture.settle();
  return store;
}
const only = (fixture: LiveFixture): Order => [...fixture.truth.values()][0] as Order;
const listsOf = (fixture: LiveFixture) => fixture.calls.filter(({ kind }) => kind === "list").length;
const sayingIn = (message: string) => (order: Order) => ({
  steps: { ...order.steps, Count: { ...order.steps.Count, message } },
});

test("the list is read after the socket opens, and only then is the page connected", async () => {
  const fixture = liveFixture();
  fixture.respondsAtOnce = false;
  const store = await openPage(fixture);
  expect([store.orders().phase, store.connection()]).toEqual(["loading", "connecting"]);
  expect(fixture.socket().url).toBe("wss://live?ticket=t1");

  fixture.requests[0]?.deliver();
  await fixture.settle();
  expect(store.connection()).toBe("connected");
  expect(store.orders()).toMatchObject({ phase: "ready", orders: [only(fixture)] });
});

test("acceptance 30: after a connection gap the list is right without reloading the page, with a new ticket", async () => {
  const [kept, gone] = [anOrder(), anOrder()];
  const fixture = liveFixture([kept, gone]);
  const store = await openPage(fixture);
  fixture.cut();
  await fixture.settle();
  expect(store.connection()).toBe("disconnected");

  fixture.write(kept.id, sayingIn("written in the gap"));
  fixture.erase(gone.id);
  const born = anOrder();
  fixture.truth.set(born.id, born);
  await fixture.clock.advance(1500);
  await fixture.settle();

  expect(store.connection()).toBe("connected");
  expect(
    store
      .orders()
      .orders.map(({ id }) => id)
      .sort(),
  ).toEqual([kept.id, born.id].sort());
  expect(store.order(kept.id)?.steps.Count.message).toBe("written in the gap");
  expect(new Set(fixture.sockets.map(({ url }) => url)).size).toBe(2);
});

test("acceptance 30: messages sent while the list is read are not lost, and those older than the list change nothing", async () => {
  const fixture = liveFixture([anOrder(), anOrder()]);
  const store = await openPage(fixture);
  fixture.respondsAtOnce = false;
  fixture.cut();
  await fixture.clock.advance(1500);
  const [first, second] = [...fixture.truth.keys()] as [string, string];
  const early = fixture.write(first, sayingIn("early"));
  fixture.requests[0]?.look();
  const late = fixture.write(second, sayingIn("late"));
  const born = anOrder();
  fixture.truth.set(born.id, born);
  fixture.send(late);
  fixture.send({ ...late, workOrderId: born.id, version: 1, order: born });
  fixture.requests[0]?.deliver();
  await fixture.settle();
  fixture.requests[0]?.deliver();
  await fixture.settle();
  fixture.send({ ...early, version: 1, order: { ...only(fixture), version: 1 } });

  expect(store.order(first)?.steps.Count.message).toBe("early");
  expect(store.order(second)?.steps.Count.message).toBe("late");
  expect(store.order(born.id)).toEqual(born);
});

test("reconnect backoff: 1, 2, 4 … 30 s with jitter, without end, and at once when the network is back", async () => {
  const fixture = liveFixture();
  fixture.failing.set("ticket", 503);
  const store = await openPage(fixture);
  const tickets = () => fixture.calls.filter(({ kind }) => kind === "ticket").length;
  for (const seconds of [1.5, 2.5, 4.5, 8.5, 16.5, 30, 30, 30]) {
    const before = tickets();
    await fixture.clock.advance(seconds * 1000 - 1);
    expect(tickets()).toBe(before);
    await fixture.clock.advance(1);
    expect(tickets()).toBe(before + 1);
  }
  // HTTP works: the page shows its list, and says that it is not current.
  expect([store.orders().phase, store.connection()]).toEqual(["ready", "disconnected"]);

  fixture.failing.clear();
  store.notice("online");
  await fixture.settle();
  expect(store.connection()).toBe("connected");

  store.notice("offline");
  await fixture.settle();
  expect(store.connection()).toBe("disconnected");
  store.notice("visible");
  await fixture.settle();
  expect(store.connection()).toBe("connected");
});

test("a ping goes out every 5 minutes; a stale connection of a machine that slept is replaced", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  await fixture.clock.advance(15 * 60_000);
  expect(fixture.socket().sent).toEqual(Array(3).fill('{"type":"ping"}'));

  fixture.clock.setNow(fixture.clock.now() + 3 * 3_600_000);
  store.notice("visible");
  await fixture.settle();
  expect(fixture.sockets).toHaveLength(2);
  expect(store.connection()).toBe("connected");
});

test("signed out: there is no reconnect", async () => {
  const fixture = liveFixture();
  fixture.failing.set("ticket", 401);
  fixture.failing.set("list", 401);
  await openPage(fixture);
  await fixture.clock.advance(120_000);
  expect(fixture.calls.map(({ kind }) => kind)).toEqual(["ticket", "list"]);
});

test("a list that cannot be read is retried, and the page says so", async () => {
  const fixture = liveFixture();
  fixture.failing.set("list", 503);
  const store = await openPage(fixture);
  expect(store.orders()).toMatchObject({ phase: "failed", problem: "The server responded with 503." });
  fixture.failing.clear();
  await fixture.clock.advance(1500);
  expect(store.orders().phase).toBe("ready");
  expect(store.connection()).toBe("connected");
});

test("a WebSocket that never opens does not keep the list from the page", async () => {
  const fixture = liveFixture();
  fixture.opensAtOnce = false;
  const store = await openPage(fixture);
  expect(listsOf(fixture)).toBe(0);
  await fixture.clock.advance(1500);
  expect([store.orders().phase, store.connection()]).toEqual(["ready", "connecting"]);
  await fixture.clock.advance(13_500);
  expect(fixture.sockets[0]?.isClosed).toBe(true);
});

test("older and equal versions are ignored, also after a deletion", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const { id } = only(fixture);
  const first = fixture.write(id, sayingIn("first"));
  const second = fixture.write(id, sayingIn("second"));
  fixture.send(second);
  fixture.send(first);
  expect(store.order(id)?.steps.Count.message).toBe("second");

  fixture.send(fixture.erase(id));
  fixture.send(second);
  await fixture.settle();
  expect(store.order(id)).toBeUndefined();
  expect(store.orders().orders).toEqual([]);
});

test("a state of an order that a lost message deleted does not bring it back", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const { id } = only(fixture);
  const late = fixture.write(id, sayingIn("late"));
  fixture.erase(id);
  fixture.cut();
  await fixture.clock.advance(1500);
  expect(store.order(id)).toBeUndefined();
  fixture.send(late);
  await fixture.settle();
  expect(store.order(id)).toBeUndefined();
});

test("a response from before a deletion does not bring the order back", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const { id } = only(fixture);
  fixture.respondsAtOnce = false;

  // A single order, deleted by a message.
  const reading = store.refresh(id);
  fixture.requests[0]?.look();
  fixture.send(fixture.erase(id));
  fixture.requests[0]?.deliver();
  await fixture.settle();
  expect(store.order(id)).toBeUndefined();
  fixture.requests[0]?.deliver();
  await expect(reading).rejects.toMatchObject({ status: 404 });

  // A single unknown order, deleted by a list that lacks it.
  const born = anOrder();
  fixture.truth.set(born.id, born);
  const another = store.refresh(born.id);
  fixture.requests[0]?.look();
  fixture.truth.delete(born.id);
  store.reload();
  fixture.requests[1]?.deliver();
  await fixture.settle();
  fixture.requests[0]?.deliver();
  await fixture.settle();
  expect(store.order(born.id)).toBeUndefined();
  fixture.requests[0]?.deliver();
  await expect(another).rejects.toMatchObject({ status: 404 });
});

test("a list that was read before a deletion does not bring the order back", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  fixture.respondsAtOnce = false;
  store.reload();
  fixture.requests[0]?.look();
  const { id } = only(fixture);
  fixture.send(fixture.erase(id));
  fixture.requests[0]?.deliver();
  await fixture.settle();
  expect(store.order(id)).toBeUndefined();
});

test("a request for an order that is being read reads it again: the first response may be older", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const { id } = only(fixture);
  fixture.respondsAtOnce = false;
  const first = store.refresh(id);
  fixture.requests[0]?.look();
  fixture.write(id, sayingIn("newer"));
  const second = store.refresh(id);
  fixture.requests[0]?.deliver();
  await fixture.settle();
  expect(fixture.requests).toHaveLength(1);
  fixture.requests[0]?.deliver();
  await Promise.all([first, second]);
  expect(store.order(id)?.steps.Count.message).toBe("newer");

  // Also if the first response was a failure.
  const third = store.refresh(id);
  const fourth = store.refresh(id);
  fixture.requests[0]?.fail(503);
  await fixture.settle();
  fixture.requests[0]?.deliver();
  await Promise.all([third, fourth]);
});

test("work-order.changed reads the order over HTTP, with retries while the server does not respond", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const { id } = only(fixture);
  fixture.failing.set("read", 503);
  const { version } = fixture.write(id, sayingIn("too large for a message"));
  fixture.send({ v: 1, type: "work-order.changed", workOrderId: id, version });
  await fixture.settle();
  fixture.failing.clear();
  await fixture.clock.advance(1000);
  expect(store.order(id)?.steps.Count.message).toBe("too large for a message");

  const reads = fixture.calls.length;
  fixture.send({ v: 1, type: "work-order.changed", workOrderId: id, version });
  await fixture.settle();
  expect(fixture.calls).toHaveLength(reads);
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
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const before = store.orders();
  fixture.socket().onMessage(text);
  await fixture.settle();
  expect(store.orders()).toBe(before);
});

test("findings stay with their run, though lists and large messages leave them out", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const { id } = only(fixture);
  const details = [{ language: "EN", rule: "Q3", severity: "error" as const, text: "The Zoom link differs." }];
  const ended = {
    status: "error" as const,
    runId: "r1",
    startedAt: "2026-03-01T08:00:00.000Z",
    endedAt: "2026-03-01T08:01:00.000Z",
  };
  const prepare = (Prepare: Order["steps"]["Prepare"]) => (order: Order) => ({ steps: { ...order.steps, Prepare } });
  fixture.send(fixture.write(id, prepare({ ...ended, details })));
  fixture.send(fixture.write(id, prepare(ended)));
  expect(store.order(id)?.steps.Prepare.details).toEqual(details);

  fixture.send(fixture.write(id, prepare({ status: "ready", runId: "r1" })));
  expect(store.order(id)?.steps.Prepare.details).toBeUndefined();

  // The order page reads what the list omits, even if it is not newer.
  fixture.send(fixture.write(id, prepare(ended)));
  fixture.truth.set(id, { ...only(fixture), steps: { ...only(fixture).steps, Prepare: { ...ended, details } } });
  await store.refresh(id);
  expect(store.order(id)?.steps.Prepare.details).toEqual(details);
});

test("a thousand messages a second are ten notifications, and other orders stay the same objects", async () => {
  const fixture = liveFixture([anOrder(), anOrder()]);
  const store = await openPage(fixture);
  fixture.paint();
  await fixture.clock.advance(1000);
  let notified = 0;
  store.subscribe(() => {
    notified += 1;
  });
  const [busy, calm] = [...fixture.truth.keys()] as [string, string];
  const before = store.order(calm);
  for (let n = 0; n < 1000; n += 1) {
    fixture.send(fixture.write(busy, sayingIn(`message ${n}`)));
    await fixture.clock.advance(1);
    if (n % 16 === 0) fixture.paint();
    // The first is shown in the next frame.
    if (n === 0) expect(notified).toBe(1);
  }
  expect(notified).toBeGreaterThanOrEqual(8);
  expect(notified).toBeLessThanOrEqual(10);
  expect(store.order(busy)?.steps.Count.message).toBe("message 999");
  expect(store.order(calm)).toBe(before);

  await fixture.clock.advance(100);
  const shown = notified;
  fixture.paint();
  expect(notified).toBe(shown + 1);
});

test("results of other requests are applied, and what they deleted stays away", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const { id } = only(fixture);
  fixture.write(id, sayingIn("saved"));
  store.apply(only(fixture));
  expect(store.order(id)?.steps.Count.message).toBe("saved");
  store.remove(id);
  fixture.send(fixture.write(id));
  expect(store.order(id)).toBeUndefined();
});

test("reading an order that does not exist rejects and removes it", async () => {
  const fixture = liveFixture();
  const store = await openPage(fixture);
  const { id } = only(fixture);
  fixture.truth.clear();
  await expect(store.refresh(id)).rejects.toBeInstanceOf(RequestFailed);
  expect(store.order(id)).toBeUndefined();
});

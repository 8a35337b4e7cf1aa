import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anOrder } from "../../../../../shared/testing/builders.ts";
import { type LiveFixture, liveFixture, snapshot } from "../../../testing/liveFixture.ts";
import { type LiveStore, liveStore } from "./liveStore.ts";

/** What may happen next; `n` chooses the order, the message or the request. */
const happenings = [
  "write",
  "write large",
  "erase",
  "create",
  "deliver",
  "deliver twice",
  "lose",
  "cut",
  "look",
  "respond",
  "fail",
  "wait",
] as const;
type Happening = readonly [(typeof happenings)[number], number];

interface Run {
  readonly fixture: LiveFixture;
  readonly store: LiveStore;
  /** Messages that may still arrive, in any order. */
  readonly onTheWay: object[];
  /** The newest version ever shown, per order. */
  readonly shown: Map<string, number>;
  /** Orders the page dropped after they were deleted. */
  readonly gone: Set<string>;
}

const pick = <One>(list: readonly One[], n: number): One | undefined => list[n % Math.max(1, list.length)];

async function happen({ fixture, store, onTheWay }: Run, [what, n]: Happening): Promise<void> {
  const id = pick([...fixture.truth.keys()], n);
  const message = pick(onTheWay, n);
  const request = pick(fixture.requests, n);
  const take = () => onTheWay.splice(n % Math.max(1, onTheWay.length), 1);
  if (what === "write" && id) onTheWay.push(fixture.write(id));
  if (what === "write large" && id) onTheWay.push(changed(fixture.write(id)));
  if (what === "erase" && id) onTheWay.push(fixture.erase(id));
  if (what === "create") {
    const born = anOrder();
    fixture.truth.set(born.id, born);
    onTheWay.push(snapshot(born, fixture.clock.now()));
  }
  if (what === "deliver" && message) take().forEach(fixture.send);
  if (what === "deliver twice" && message) fixture.send(message);
  if (what === "lose") take();
  if (what === "cut") fixture.cut();
  if (what === "look") request?.look();
  if (what === "respond") request?.deliver();
  if (what === "fail") request?.fail(503);
  if (what === "wait") await fixture.clock.advance((n % 40) * 100);
  await fixture.settle();
  store.orders();
}

function changed({ workOrderId, version }: StatusEvent): object {
  return { v: 1, type: "work-order.changed", workOrderId, version };
}

/** Never an older state than one already shown; nothing deleted comes back. */
function lookAt({ fixture, store, shown, gone }: Run): void {
  const orders = store.orders().orders;
  for (const { id, version } of orders) {
    expect(version).toBeGreaterThanOrEqual(shown.get(id) ?? 0);
    expect(gone.has(id)).toBe(false);
    shown.set(id, version);
  }
  const present = new Set(orders.map(({ id }) => id));
  for (const id of shown.keys()) if (!present.has(id) && !fixture.truth.has(id)) gone.add(id);
}

/** No more trouble: every request gets its response, and time passes until none is left. */
async function calmDown({ fixture }: Run): Promise<void> {
  fixture.respondsAtOnce = true;
  for (let n = 0; n < 3; n += 1) {
    while (fixture.requests.length > 0) {
      fixture.requests[0]?.deliver();
      await fixture.settle();
    }
    await fixture.clock.advance(40_000);
  }
}

// Often enough that requests overlap with what they are about.
const frequent = ["write", "write large", "deliver", "look", "respond"] as const;
const steps = fc.array(fc.tuple(fc.constantFrom(...happenings, ...frequent), fc.nat(1000)), { maxLength: 60 });

async function play(happened: readonly Happening[], heal: (run: Run) => Promise<void>): Promise<void> {
  const fixture = liveFixture([anOrder(), anOrder(), anOrder()]);
  const store = liveStore(fixture.ports);
  const close = store.open();
  await fixture.settle();
  fixture.respondsAtOnce = false;
  const run: Run = { fixture, store, onTheWay: [], shown: new Map(), gone: new Set() };
  for (const one of happened) {
    await happen(run, one);
    lookAt(run);
  }
  await heal(run);
  lookAt(run);
  const versions = (orders: Iterable<{ id: string; version: number }>) =>
    new Map([...orders].map(({ id, version }) => [id, version]));
  expect(versions(store.orders().orders)).toEqual(versions(fixture.truth.values()));
  close();
}

test("acceptance 35: events reordered, doubled and lost around lists and gaps: after the next opening the newest state, never an older one", async () => {
  await fc.assert(
    fc.asyncProperty(steps, (happened) =>
      play(happened, async (run) => {
        await calmDown(run);
        run.fixture.cut();
        await calmDown(run);
        // Late messages of any age arrive last.
        run.onTheWay.forEach(run.fixture.send);
        await calmDown(run);
      }),
    ),
    { numRuns: 300 },
  );
}, 60_000);

test("acceptance 35: a lost event is healed by the next one, without a new connection", async () => {
  await fc.assert(
    fc.asyncProperty(steps, (happened) =>
      play(happened, async (run) => {
        const { fixture, store } = run;
        await calmDown(run);
        const known = new Set([...store.orders().orders.map(({ id }) => id)]);
        for (const id of known) if (!fixture.truth.has(id)) fixture.send({ ...erased(id), version: 1000 });
        for (const id of fixture.truth.keys()) fixture.send(fixture.write(id));
        run.onTheWay.forEach(fixture.send);
        await calmDown(run);
      }),
    ),
    { numRuns: 300 },
  );
}, 60_000);

function erased(workOrderId: string) {
  return { v: 1, type: "work-order.deleted", workOrderId };
}

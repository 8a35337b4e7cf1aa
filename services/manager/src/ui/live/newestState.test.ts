import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anOrder } from "../../../../../shared/testing/builders.ts";
import { type LiveWorld, liveWorld, snapshot } from "../../../testing/liveWorld.ts";
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
  "answer",
  "fail",
  "wait",
] as const;
type Happening = readonly [(typeof happenings)[number], number];

interface Run {
  readonly world: LiveWorld;
  readonly store: LiveStore;
  /** Messages that may still arrive, in any order. */
  readonly onTheWay: object[];
  /** The newest version ever shown, per order. */
  readonly shown: Map<string, number>;
  /** Orders the page dropped after they were deleted. */
  readonly gone: Set<string>;
}

const pick = <One>(list: readonly One[], n: number): One | undefined => list[n % Math.max(1, list.length)];

async function happen({ world, store, onTheWay }: Run, [what, n]: Happening): Promise<void> {
  const id = pick([...world.truth.keys()], n);
  const message = pick(onTheWay, n);
  const request = pick(world.requests, n);
  const take = () => onTheWay.splice(n % Math.max(1, onTheWay.length), 1);
  if (what === "write" && id) onTheWay.push(world.write(id));
  if (what === "write large" && id) onTheWay.push(changed(world.write(id)));
  if (what === "erase" && id) onTheWay.push(world.erase(id));
  if (what === "create") {
    const born = anOrder();
    world.truth.set(born.id, born);
    onTheWay.push(snapshot(born, world.clock.now()));
  }
  if (what === "deliver" && message) take().forEach(world.tell);
  if (what === "deliver twice" && message) world.tell(message);
  if (what === "lose") take();
  if (what === "cut") world.cut();
  if (what === "look") request?.look();
  if (what === "answer") request?.deliver();
  if (what === "fail") request?.fail(503);
  if (what === "wait") await world.clock.advance((n % 40) * 100);
  await world.settle();
  store.orders();
}

function changed({ workOrderId, version }: StatusEvent): object {
  return { v: 1, type: "work-order.changed", workOrderId, version };
}

/** Never an older state than one that was shown, and nothing deleted comes back. */
function lookAt({ world, store, shown, gone }: Run): void {
  const orders = store.orders().orders;
  for (const { id, version } of orders) {
    expect(version).toBeGreaterThanOrEqual(shown.get(id) ?? 0);
    expect(gone.has(id)).toBe(false);
    shown.set(id, version);
  }
  const present = new Set(orders.map(({ id }) => id));
  for (const id of shown.keys()) if (!present.has(id) && !world.truth.has(id)) gone.add(id);
}

/** Nothing stands in the way any more: every request is answered, and time passes until none is left. */
async function calmDown({ world }: Run): Promise<void> {
  world.answersAtOnce = true;
  for (let n = 0; n < 3; n += 1) {
    while (world.requests.length > 0) {
      world.requests[0]?.deliver();
      await world.settle();
    }
    await world.clock.advance(40_000);
  }
}

// Often enough that requests overlap with what they are about.
const frequent = ["write", "write large", "deliver", "look", "answer"] as const;
const steps = fc.array(fc.tuple(fc.constantFrom(...happenings, ...frequent), fc.nat(1000)), { maxLength: 60 });

async function play(happened: readonly Happening[], heal: (run: Run) => Promise<void>): Promise<void> {
  const world = liveWorld([anOrder(), anOrder(), anOrder()]);
  const store = liveStore(world.ports);
  const close = store.open();
  await world.settle();
  world.answersAtOnce = false;
  const run: Run = { world, store, onTheWay: [], shown: new Map(), gone: new Set() };
  for (const one of happened) {
    await happen(run, one);
    lookAt(run);
  }
  await heal(run);
  lookAt(run);
  const versions = (orders: Iterable<{ id: string; version: number }>) =>
    new Map([...orders].map(({ id, version }) => [id, version]));
  expect(versions(store.orders().orders)).toEqual(versions(world.truth.values()));
  close();
}

test("acceptance 35: events reordered, doubled and lost around lists and gaps: after the next opening the newest state, never an older one", async () => {
  await fc.assert(
    fc.asyncProperty(steps, (happened) =>
      play(happened, async (run) => {
        await calmDown(run);
        run.world.cut();
        await calmDown(run);
        // Stragglers of any age come after all.
        run.onTheWay.forEach(run.world.tell);
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
        const { world, store } = run;
        await calmDown(run);
        const known = new Set([...store.orders().orders.map(({ id }) => id)]);
        for (const id of known) if (!world.truth.has(id)) world.tell({ ...erased(id), version: 1000 });
        for (const id of world.truth.keys()) world.tell(world.write(id));
        run.onTheWay.forEach(world.tell);
        await calmDown(run);
      }),
    ),
    { numRuns: 300 },
  );
}, 60_000);

function erased(workOrderId: string) {
  return { v: 1, type: "work-order.deleted", workOrderId };
}

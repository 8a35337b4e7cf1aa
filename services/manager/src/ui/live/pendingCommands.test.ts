import type { Judgement } from "@email-agent/shared/domain/command.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { anOrder } from "../../../../../shared/testing/builders.ts";
import { type LiveFixture, liveFixture } from "../../../testing/liveFixture.ts";
import type { Order } from "../../api/orders.ts";
import { RequestFailed } from "../http.ts";
import { type LiveStore, liveStore } from "./liveStore.ts";

interface Page {
  readonly fixture: LiveFixture;
  readonly store: LiveStore;
  readonly id: string;
  /** The step Count as the page shows it. */
  count(): StepRecord | undefined;
}

async function openPage(Count: StepRecord = { status: "ready" }): Promise<Page> {
  const order = anOrder();
  const fixture = liveFixture([{ ...order, steps: { ...order.steps, Count } }]);
  const store = liveStore(fixture.ports);
  onTestFinished(store.open());
  await fixture.settle();
  return { fixture, store, id: order.id, count: () => store.order(order.id)?.steps.Count };
}

const withCount = (Count: StepRecord) => (order: Order) => ({ steps: { ...order.steps, Count } });
function judged(id: string, fields: Partial<Judgement> = {}): Partial<Order> {
  const at = "2026-03-01T08:00:00.200Z";
  return { lastCommand: { id, step: "Count", action: "start", outcome: "accepted", at, ...fields } };
}
const commandOf = ({ fixture }: Page) => fixture.calls.find(({ kind }) => kind === "give")?.body?.commandId ?? "";

test("a start shows working at once, before the server responds, and is sent with its own id", async () => {
  const page = await openPage();
  page.fixture.respondsAtOnce = false;
  let notified = 0;
  page.store.subscribe(() => {
    notified += 1;
  });
  void page.store.commands.give(page.id, "Count", "start");
  expect(page.count()).toMatchObject({ status: "working", message: "Starting…" });
  expect(notified).toBe(1);
  expect(page.store.orders().orders[0]?.steps.Count.status).toBe("working");
  expect(page.fixture.requests[0]).toMatchObject({
    id: page.id,
    body: { commandId: commandOf(page), step: "Count", action: "start" },
  });
  expect(page.store.commands.of(page.id)).toMatchObject({ step: "Count", action: "start" });
});

test("a stop shows “Stopping…” over the old status", async () => {
  const counters = { total: 9, sent: 4, skipped: 0, failed: 0, inDoubt: 0 };
  const page = await openPage({ status: "working", message: "4 of 9", counters });
  await page.store.commands.give(page.id, "Count", "stop");
  expect(page.count()).toEqual({ status: "working", message: "Stopping…", counters });
});

test("acceptance 29: an older message does not revert optimistic working; the newer one does", async () => {
  const page = await openPage();
  const { fixture, store, id } = page;
  const older = fixture.write(id, withCount({ status: "ready", message: "older" }));
  fixture.send(fixture.write(id, withCount({ status: "error", message: "held" })));
  void store.commands.give(id, "Count", "start");
  fixture.send(older);
  expect(page.count()?.status).toBe("working");

  // Newer, but from before the judgement: everything but the step is applied.
  fixture.send(fixture.write(id, () => ({ zoomId: "123456789", pendingCommandAt: "2026-03-01T08:00:00.000Z" })));
  expect(page.count()?.status).toBe("working");
  expect(store.order(id)).toMatchObject({ zoomId: "123456789", version: 4 });

  const rejected = judged(commandOf(page), { outcome: "rejected", reason: "Prepare is working. Stop it first." });
  fixture.send(fixture.write(id, () => rejected));
  expect(page.count()).toEqual({ status: "error", message: "held" });
  expect(store.commands.of(id)).toBeUndefined();
  expect(fixture.notices).toEqual([
    { kind: "refused", title: "Start of Count was refused", text: "Prepare is working. Stop it first." },
  ]);
});

test.each([
  ["the judgement", (id: string) => judged(id), "complete"],
  ["the run it started", (id: string) => withCount({ status: "complete", runId: id }), "complete"],
  ["a later pass of its run", (id: string) => withCount({ status: "sleeping", runId: `${id}-p3` }), "sleeping"],
])("%s ends the optimistic state without a notification", async (_, change, status) => {
  const page = await openPage();
  void page.store.commands.give(page.id, "Count", "start");
  const told = change(commandOf(page));
  const fields =
    typeof told === "function"
      ? told
      : () => ({ ...told, ...withCount({ status: "complete" })(page.fixture.truth.get(page.id) as Order) });
  page.fixture.send(page.fixture.write(page.id, fields));
  await page.fixture.settle();
  expect(page.count()?.status).toBe(status);
  expect(page.store.commands.of(page.id)).toBeUndefined();
  await page.fixture.clock.advance(60_000);
  expect(page.fixture.notices).toEqual([]);
});

test("a judgement that arrives before the server's response counts, even if that response is lost", async () => {
  const page = await openPage();
  const { fixture, store, id } = page;
  fixture.respondsAtOnce = false;
  const given = store.commands.give(id, "Count", "start");
  fixture.send(
    fixture.write(id, () => judged(commandOf(page), { outcome: "ignored", reason: "Count is already working." })),
  );
  fixture.requests[0]?.fail(503);
  await given;
  expect(page.count()).toEqual({ status: "ready" });
  expect(fixture.notices.map(({ kind }) => kind)).toEqual(["refused"]);
});

test("a judgement found in a list after a gap ends the optimistic state", async () => {
  const page = await openPage();
  const { fixture, store, id } = page;
  await store.commands.give(id, "Count", "start");
  fixture.cut();
  fixture.write(id, (order) => ({
    ...judged(commandOf(page)),
    ...withCount({ status: "complete", runId: "x" })(order),
  }));
  await fixture.clock.advance(1500);
  expect(page.count()).toEqual({ status: "complete", runId: "x" });
});

test("acceptance 29: an API failure rolls back at once, with the error", async () => {
  const page = await openPage({ status: "complete" });
  page.fixture.failing.set("give", 409);
  const failure = await page.store.commands.give(page.id, "Count", "start");
  expect(failure).toBeInstanceOf(RequestFailed);
  expect(page.count()).toEqual({ status: "complete" });
  expect(page.fixture.notices).toEqual([
    { kind: "failed", title: "Start of Count failed", text: "The server responded with 409." },
  ]);
  expect(page.fixture.calls.at(-1)).toMatchObject({ kind: "read", id: page.id });
});

test("acceptance 29: 30 s of silence roll back to the last confirmed state, and the order is read again", async () => {
  const page = await openPage();
  const { fixture, store, id } = page;
  await store.commands.give(id, "Count", "start");
  fixture.failing.set("read", 503);
  fixture.send(fixture.write(id, withCount({ status: "interrupted", message: "confirmed" })));
  await fixture.clock.advance(29_999);
  expect(page.count()?.status).toBe("working");
  expect(fixture.notices).toEqual([]);

  await fixture.clock.advance(1);
  expect(page.count()).toEqual({ status: "interrupted", message: "confirmed" });
  expect(fixture.notices).toMatchObject([{ kind: "not-acknowledged", title: "Start of Count: not acknowledged" }]);
  fixture.failing.clear();
  fixture.write(id, withCount({ status: "complete", message: "read again" }));
  await fixture.clock.advance(60_000);
  expect(page.count()?.message).toBe("read again");
  expect(fixture.notices).toHaveLength(1);
});

test("a judgement whose message was lost is found by reading again, long before the 30 s", async () => {
  const page = await openPage();
  await page.store.commands.give(page.id, "Count", "start");
  page.fixture.write(page.id, (order) => ({ ...judged(commandOf(page)), ...withCount({ status: "complete" })(order) }));
  await page.fixture.clock.advance(10_000);
  expect(page.count()?.status).toBe("complete");
});

test("one command at a time per order; deleting the order ends its command", async () => {
  const page = await openPage();
  const { fixture, store, id } = page;
  fixture.respondsAtOnce = false;
  void store.commands.give(id, "Count", "start");
  expect(await store.commands.give(id, "Count", "stop")).toMatchObject({ status: 409 });
  expect(fixture.calls.filter(({ kind }) => kind === "give")).toHaveLength(1);
  fixture.send(fixture.erase(id));
  expect(store.commands.of(id)).toBeUndefined();
  expect(await store.commands.give(id, "Count", "start")).toMatchObject({ status: 409 });
  await fixture.clock.advance(60_000);
  expect(fixture.notices).toEqual([]);
});

test("a start refused for its number returns the new one to the dialog and shows no notification", async () => {
  const order = anOrder();
  const fixture = liveFixture([order]);
  const details = { recipients: 1771 };
  const refused = new RequestFailed(409, { code: "conflict", message: "1,771 mails would be sent now.", details });
  const store = liveStore({ ...fixture.ports, api: { ...fixture.ports.api, give: () => Promise.reject(refused) } });
  onTestFinished(store.open());
  await fixture.settle();
  const failure = await store.commands.give(order.id, "Send", "start", { confirmRecipients: 1471 });
  expect(failure).toMatchObject({ status: 409, details });
  expect(store.commands.of(order.id)).toBeUndefined();
  expect(fixture.notices).toEqual([]);
});

test("the command carries the number of recipients the user typed", async () => {
  const page = await openPage();
  await page.store.commands.give(page.id, "Send", "start", { confirmRecipients: 1234 });
  expect(page.fixture.calls.at(-1)?.body).toMatchObject({ step: "Send", confirmRecipients: 1234 });
});

test("acceptance 29: in any order of messages the step is optimistic until its judgement arrives, then real", async () => {
  // Each event writes the order; `judge` is the write that carries the judgement.
  const writes = fc.shuffledSubarray(["judge", "a", "b", "c", "d"], { minLength: 5 });
  const arrivals = fc.array(fc.nat(4), { maxLength: 15 });
  await fc.assert(
    fc.asyncProperty(writes, arrivals, fc.constantFrom("ready", "working"), async (words, order, status) => {
      const page = await openPage({ status });
      const { fixture, store, id } = page;
      void store.commands.give(id, "Count", status === "working" ? "stop" : "start");
      const shown = page.count();
      let isJudged = false;
      const events = words.map((word) => {
        isJudged ||= word === "judge";
        const lastCommand = isJudged ? judged(commandOf(page)) : {};
        const Count: StepRecord = { status: isJudged ? "complete" : status, message: word };
        return {
          isJudged,
          Count,
          event: fixture.write(id, (before) => ({ ...lastCommand, ...withCount(Count)(before) })),
        };
      });
      let newest = -1;
      let wasJudged = false;
      for (const index of order) {
        fixture.send(events[index]?.event ?? {});
        newest = Math.max(newest, index);
        wasJudged ||= events[newest]?.isJudged === true;
        expect(page.count()).toEqual(wasJudged ? events[newest]?.Count : shown);
        expect(store.order(id)?.version).toBe(newest + 2);
      }
    }),
    { numRuns: 200 },
  );
});

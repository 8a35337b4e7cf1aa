import { setImmediate } from "node:timers/promises";
import type { Connection } from "@email-agent/shared/domain/connection.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { expect, test } from "vitest";
import { knownConnections } from "./knownConnections.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const at = "2026-01-01T00:00:00.000Z";
const event = (version: number): StatusEvent => ({
  ...{ v: 1, type: "work-order.deleted", workOrderId: "wo-1", eventCode: "E2026", version, at },
});
const connection = (connectionId: string): Connection => ({
  ...{ connectionId, userId: "anna", role: "read", eventAccess: ["*"], connectedAt: at, expiresAt: 1 },
});

/** A table whose scans a test ends one by one, with what was in it when they began. */
function aTable() {
  const clock = fakeClock();
  const rows: Connection[] = [];
  const scans: (() => void)[] = [];
  const caughtUp: string[] = [];
  const known = knownConnections({
    ...{ clock, log: silent },
    connections: {
      list() {
        const found = [...rows];
        return new Promise((resolve) => scans.push(() => resolve(found)));
      },
    },
    catchUp: (newcomers, { version }) =>
      void caughtUp.push(...newcomers.map((one) => `${one.connectionId} ${version}`)),
  });
  const endScan = async () => {
    scans.shift()?.();
    await setImmediate();
  };
  return { clock, rows, known, caughtUp, endScan };
}

test("a browser that connects during a reading gets the event that was sent to the list before it", async () => {
  const { clock, rows, known, caughtUp, endScan } = aTable();
  rows.push(connection("anna"));
  const first = known.audienceOf(event(1));
  await endScan();
  expect(await first).toHaveLength(1);
  await clock.advance(1500);
  rows.push(connection("bo"));
  const counted = known.fresh();
  await clock.advance(100);
  expect(await known.audienceOf(event(2))).toHaveLength(1);
  await endScan();
  expect((await counted).map(({ connectionId }) => connectionId)).toEqual(["anna", "bo"]);
  await clock.advance(2000);
  await endScan();
  expect(caughtUp).toEqual(["bo 2"]);
});

test("a browser never gets an event behind a newer one of the same order", async () => {
  const { clock, rows, known, caughtUp, endScan } = aTable();
  const first = known.audienceOf(event(1));
  await endScan();
  await first;
  await clock.advance(10);
  await known.audienceOf(event(2));
  rows.push(connection("anna"));
  await clock.advance(10);
  await known.audienceOf(event(3));
  await clock.advance(2000);
  await endScan();
  expect(caughtUp).toEqual(["anna 3"]);
});

test("a connection that does not fit is one line in the log, however often the table is read", async () => {
  const errors: string[] = [];
  const known = knownConnections({
    ...{ clock: fakeClock(), log: { ...silent, error: (_: object, text: string) => void errors.push(text) } },
    connections: {
      async list(_, onBadItem) {
        onBadItem(new Error("Table Connections, item c-1, field role: does not fit."));
        return [];
      },
    },
    catchUp() {},
  });
  for (let reading = 0; reading < 3; reading += 1) await known.fresh();
  expect(errors).toHaveLength(1);
});

import { expect, test } from "vitest";
import { routerFilter } from "../../resources.ts";
import { matchesFilter } from "./matchesFilter.ts";

const change = (eventName: string, NewImage?: object) => ({ eventName, dynamodb: { SequenceNumber: "1", NewImage } });
const waiting = { id: { S: "wo-1" }, command: { M: {} }, pendingCommandAt: { S: "2026-01-01T00:00:00.000Z" } };
const { pendingCommandAt: _, ...judged } = waiting;

test.each([
  ["a command that waits for its judgement", change("MODIFY", waiting), true],
  ["a new order with a command", change("INSERT", waiting), true],
  ["a write of a worker, the judged command still on the order", change("MODIFY", judged), false],
  ["a deletion", change("REMOVE"), false],
  ["a marker without a command", change("INSERT", { id: { S: "key#E_s_reg" } }), false],
  ["an attribute of another type", change("MODIFY", { ...waiting, pendingCommandAt: { N: "1" } }), false],
])("the filter of the stream router and %s", (_what, record, passes) => {
  expect(matchesFilter(record, routerFilter)).toBe(passes);
});

test("reads `exists` of leaves as Lambda does, and a literal that is one of several", () => {
  expect(matchesFilter({ a: { b: "1" } }, { a: [{ exists: true }] })).toBe(false);
  expect(matchesFilter({}, { a: { b: [{ exists: false }] } })).toBe(true);
  expect(matchesFilter({ a: "y" }, { a: ["x", "y"] })).toBe(true);
  expect(matchesFilter({ a: null }, { a: [{ exists: true }] })).toBe(true);
});

test("refuses a rule it does not know", () => {
  const pattern = { a: [{ prefix: "x" }] } as never;
  expect(() => matchesFilter({ a: "xy" }, pattern)).toThrow('knows no filter rule {"prefix":"x"}');
});

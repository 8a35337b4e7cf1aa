import { expect, test } from "vitest";
import { fromCursor, toCursor } from "./cursor.ts";

const list = ["send", "E2026_weekend_reg_EN", "EN", "", ""];
const progress = { place: ["2026-03-01T08:00:01.000Z", "p-1"], given: 50, read: 812 };

test("a cursor leads back to its place in its list", () => {
  expect(fromCursor(list, toCursor(list, progress))).toEqual({ v: 1, ...progress });
});

test("a cursor of another list is told apart: after a new run, or with another filter", () => {
  expect(() => fromCursor(["send", "E2026_weekend_reg_SP", "SP", "", ""], toCursor(list, progress))).toThrow(
    expect.objectContaining({ code: "conflict", details: { reason: "list-changed" } }),
  );
});

test.each([[""], ["\ud800"], ["€".repeat(342)], ["chunk#EN#1", ""]])(
  "a place no table can hold is no cursor: %j",
  (...place) => {
    const cursor = toCursor(list, { ...progress, place });
    expect(() => fromCursor(list, cursor)).toThrow(expect.objectContaining({ code: "invalid-input" }));
  },
);

test.each(["", "!", Buffer.from("{}").toString("base64url"), Buffer.from('{"v":1}').toString("base64url")])(
  "%j is no cursor",
  (text) => {
    expect(() => fromCursor(list, text)).toThrow(expect.objectContaining({ code: "invalid-input" }));
  },
);

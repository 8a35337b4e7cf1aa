import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import { expect, test } from "vitest";
import { inOrderOfWeight, placeOf } from "./findings.ts";

const finding = (severity: Detail["severity"], text: string): Detail => ({
  language: "EN",
  rule: "Q3",
  severity,
  text,
});

test("errors come first, each kind as it was listed", () => {
  const listed = [finding("warning", "a"), finding("error", "b"), finding("warning", "c"), finding("error", "d")];
  expect(inOrderOfWeight(listed).map(({ text }) => text)).toEqual(["b", "d", "a", "c"]);
});

test("a place is line and column as far as they are known", () => {
  expect(placeOf({ ...finding("error", "x"), line: 12, column: 7 })).toBe("12:7");
  expect(placeOf({ ...finding("error", "x"), line: 12 })).toBe("12");
  expect(placeOf(finding("error", "x"))).toBe("");
});

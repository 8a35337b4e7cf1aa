import { readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import fc from "fast-check";
import { createElement } from "react";
import { expect, test } from "vitest";
import { renderPage } from "../../../testing/renderPage.ts";
import type { Order } from "../../api/orders.ts";
import { OrderTable } from "./OrderTable.tsx";
import { type Sort, sortNames, sortOrders, usualSort } from "./sortOrders.ts";
import { sortFrom } from "./useKeptSort.ts";

const names = { namesOf: () => ({}), nameOf: (id: string) => (id === "u-1" ? "Zoe" : "Ann") };
const counters = { total: 1500, sent: 1471, failed: 20, inDoubt: 2, skipped: 7 };
const sent = (one: Partial<typeof counters>) => ({
  steps: { ...readySteps(), Send: { status: "complete" as const, counters: { ...counters, ...one } } },
});
const orders: readonly Order[] = [
  anOrder({ stage: "s10", createdBy: "u-1", updatedAt: "2026-03-02T00:00:00.000Z", ...sent({}) }),
  anOrder({ stage: "s2", subjects: { EN: "Äpfel" }, createdBy: "u-2", ...sent({ total: 3000 }) }),
  anOrder({ stage: "s3", subjects: {}, createdBy: "u-2", updatedAt: "2026-02-02T00:00:00.000Z" }),
];
const stagesBy = (sort: Sort) => sortOrders(orders, sort, names).map(({ stage }) => stage);

test("acceptance 124: the list sorts and shows reached of eligible and trouble", () => {
  expect(stagesBy(usualSort)).toEqual(["s2", "s3", "s10"]);
  expect(stagesBy({ column: "reached", direction: "descending" })).toEqual(["s10", "s2", "s3"]);
  expect(stagesBy({ column: "reached", direction: "ascending" })).toEqual(["s2", "s10", "s3"]);
  expect(stagesBy({ column: "subject", direction: "ascending" })).toEqual(["s2", "s10", "s3"]);
  expect(stagesBy({ column: "creator", direction: "ascending" })).toEqual(["s2", "s3", "s10"]);
  expect(stagesBy({ column: "updated", direction: "descending" })).toEqual(["s10", "s3", "s2"]);
  const page = renderPage(
    createElement(OrderTable, { orders, sort: { column: "reached", direction: "descending" }, onSort() {} }),
  );
  expect(page).toMatch(/20 failed, 2 in doubt.*s10 Registration is open \(EN\) 1,471 of 1,500/);
  expect(page.indexOf("1,471 of 1,500")).toBeLessThan(page.indexOf("1,471 of 3,000"));
  expect(page).toContain("No subject yet");
});

test("orders that need attention come first, then those at work, and those that are sent last", () => {
  const doubt = anOrder({ stage: "doubt", ...sent({ failed: 0 }) });
  const done = anOrder({ stage: "done", ...sent({ failed: 0, inDoubt: 0 }) });
  for (const name of ["Count", "Prepare", "Dry-Run", "Test"] as const)
    for (const { steps } of [doubt, done]) steps[name] = { status: "complete" };
  const working = anOrder({ stage: "working" });
  working.steps.Prepare = { status: "working" };
  const fresh = anOrder({ stage: "fresh" });
  const tested = anOrder({ stage: "tested" });
  for (const name of ["Count", "Prepare", "Dry-Run", "Test"] as const) tested.steps[name] = { status: "complete" };
  const sorted = sortOrders([done, fresh, working, tested, doubt], { column: "status", direction: "ascending" }, names);
  expect(sorted.map(({ stage }) => stage)).toEqual(["doubt", "working", "tested", "fresh", "done"]);
});

test("by every column, no order is lost, and what has no value is last in both directions", () => {
  fc.assert(
    fc.property(fc.constantFrom(...sortNames), fc.constantFrom("ascending", "descending"), (column, direction) => {
      const sorted = sortOrders(orders, { column, direction }, names);
      expect(new Set(sorted)).toEqual(new Set(orders));
      if (column === "subject" || column === "reached") expect(sorted.at(-1)?.stage).toBe("s3");
    }),
  );
});

test("a sort that this release does not know is the usual one", () => {
  expect(sortFrom('{"column":"stage","direction":"descending"}')).toEqual({ column: "stage", direction: "descending" });
  for (const text of ["", "null", "{}", "[1]", '{"column":"__proto__"}', '{"column":"gone"}'])
    expect(sortFrom(text)).toEqual(usualSort);
});

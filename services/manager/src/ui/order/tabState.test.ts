import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { listTab, orderTab } from "./tabState.ts";

const counters = { total: 1500, sent: 640, failed: 3, skipped: 2, inDoubt: 0 };
const named = { eventCode: "E2026", subEvent: "weekend", stage: "reg" };
const order = (steps: Partial<ReturnType<typeof anOrder>["steps"]> = {}) => {
  const made = anOrder(named);
  return { ...made, steps: { ...made.steps, ...steps } };
};
const complete = { status: "complete" } as const;
const upToSend = { Count: complete, Prepare: complete, "Dry-Run": complete, Test: complete };
const working = { status: "working", counters, languages: {} } as const;
const suffix = "E2026 weekend reg · Email Manager";

test("acceptance 149: the title of a tab says which work order it shows, and how far it is", () => {
  expect(orderTab(order())).toEqual({ title: `○ Ready: Count · ${suffix}`, tone: "quiet" });
  expect(orderTab(order({ Send: working }))).toEqual({ title: `▶ 43 % · ${suffix}`, tone: "wait" });
  expect(orderTab(order({ Count: { ...working } })).title).toBe(`▶ Working: Count · ${suffix}`);
  expect(orderTab(order({ Send: { status: "sleeping" } })).title).toBe(`☾ Sleeping: Send · ${suffix}`);
  const sent = { ...complete, counters };
  expect(orderTab(order({ ...upToSend, Send: sent }))).toEqual({ title: `✓ sent · ${suffix}`, tone: "good" });
  const inDoubt = { ...complete, counters: { ...counters, inDoubt: 3 } };
  const doubtful = { title: `! 3 in doubt · ${suffix}`, tone: "doubt" };
  expect(orderTab(order({ ...upToSend, Send: inDoubt }))).toEqual(doubtful);
  expect(orderTab(order({ ...upToSend, Send: { ...inDoubt, status: "error" } }))).toEqual(doubtful);
  expect(orderTab(order({ ...upToSend, Send: { status: "error" } })).tone).toBe("bad");
});

test("acceptance 149: the title of the list says how far the Sends are that work", () => {
  expect(listTab([order(), order({ ...upToSend, Send: complete })])).toBeUndefined();
  expect(listTab([order(), order({ Send: working })])?.title).toBe(`▶ 43 % · ${suffix}`);
  expect(listTab([order({ Send: working }), order({ Send: working })])?.title).toBe(
    "▶ 2 Sends · Work orders · Email Manager",
  );
});

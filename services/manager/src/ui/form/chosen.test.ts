import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import type { Options } from "../../api/orders.ts";
import { choices, choosableTesters, chosenIn, stageChoice, usedStages, withEvent, withStage } from "./chosen.ts";
import { emptyValues } from "./formValues.ts";

const stage = { description: "", parentStages: [], prefix: {} };
const options: Options = {
  events: [
    { code: "ONLINE", name: "Online", inPerson: false, subEvents: ["main"] },
    { code: "VENUE", name: "Venue", inPerson: true, subEvents: ["a", "b"] },
  ],
  stages: [
    { ...stage, name: "reg", confirmation: false, requireRegLink: true },
    { ...stage, name: "confirm", confirmation: true, requireRegLink: false },
  ],
  languages: [],
  accounts: [],
  testers: [],
  userNames: {},
  timeZone: "UTC",
  defaultPreviewText: "",
};

test.each([
  ["ONLINE", "confirm", true, false],
  ["VENUE", "confirm", false, true],
  ["ONLINE", "reg", false, false],
  ["", "confirm", false, false],
])("event %j and stage %s: Zoom field %s, in person %s", (eventCode, name, needsZoom, inPerson) => {
  expect(chosenIn(options, { eventCode, stage: name })).toMatchObject({ needsZoom, inPerson });
});

test("the only part of an event is chosen with it, and a part it does not have is cleared", () => {
  expect(withEvent(options, emptyValues, "ONLINE")).toEqual({ eventCode: "ONLINE", subEvent: "main" });
  expect(withEvent(options, { ...emptyValues, subEvent: "b" }, "VENUE")).toEqual({ eventCode: "VENUE", subEvent: "b" });
  expect(withEvent(options, { ...emptyValues, subEvent: "main" }, "VENUE")).toEqual({
    eventCode: "VENUE",
    subEvent: "",
  });
});

test("an address typed for one event is offered to its orders only; a chosen tester who cannot stay is shown with the reason", () => {
  const testers = [
    { id: "1", label: "Ana" },
    { id: "t-1", label: "a…@example.org", typedFor: "VENUE" },
  ];
  const labels = (eventCode: string, chosen: string[]) =>
    choosableTesters({ testers }, { eventCode, testers: chosen }).map(({ label }) => label);
  expect(labels("VENUE", [])).toEqual(["Ana", "a…@example.org"]);
  expect(labels("ONLINE", ["1"])).toEqual(["Ana"]);
  expect(labels("ONLINE", ["t-1", "x"])).toEqual([
    "Ana",
    "a…@example.org (typed for another event)",
    "x (not available any more)",
  ]);
});

test("a stage that wants registration links has them on", () => {
  expect(withStage(options, "reg")).toEqual({ stage: "reg", regLinkPresent: true });
  expect(withStage(options, "confirm")).toEqual({ stage: "confirm" });
});

test("a stage is used by another order of the same part, archived or not", () => {
  const [own, archived, elsewhere] = [
    anOrder({ stage: "reg" }),
    anOrder({ stage: "confirm", archived: true }),
    anOrder({ subEvent: "x" }),
  ];
  const used = usedStages([own, archived, elsewhere], own, own.id);
  expect([...used.keys()]).toEqual(["confirm"]);
});

test("a stage says what it is for unless it is chosen; one that is used is disabled and says why", () => {
  const [reg] = options.stages;
  const listed = (stored: string, usedBy?: Parameters<typeof stageChoice>[1]) =>
    choices("Choose", [stageChoice({ ...reg!, description: "Opens" }, usedBy)], stored)[1];
  expect(listed("")).toEqual({ value: "reg", label: "reg – Opens", disabled: false });
  expect(listed("reg")).toEqual({ value: "reg", label: "reg", disabled: false });
  expect(listed("reg", anOrder())).toEqual({ value: "reg", label: "reg – already used", disabled: true });
  expect(listed("", anOrder({ archived: true }))?.label).toBe("reg – already used (by an archived work order)");
});

test("a stored value that is not offered any more is shown and cannot be chosen; the first option says what to do", () => {
  const labels = (stored: string) =>
    choices("Choose", [{ value: "reg", label: "Reg" }], stored).map(({ label, disabled }) => [label, disabled]);
  expect(labels("reg")).toEqual([
    ["Choose", true],
    ["Reg", false],
  ]);
  expect(labels("")).toEqual(labels("reg"));
  expect(labels("old")).toEqual([...labels("reg"), ["old (not available any more)", true]]);
});

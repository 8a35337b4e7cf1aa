import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import type { Options } from "../../api/orders.ts";
import { chosenIn, usedStages, withEvent, withStage, withStored } from "./chosen.ts";
import { emptyValues } from "./formValues.ts";

const stage = { description: "", parentStages: [], prefix: {} };
const options: Options = {
  events: [
    { code: "ONLINE", name: "Online", inPerson: false, subEvents: ["main"] },
    { code: "HOUSE", name: "House", inPerson: true, subEvents: ["a", "b"] },
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
  ["HOUSE", "confirm", false, true],
  ["ONLINE", "reg", false, false],
  ["", "confirm", false, false],
])("event %j and stage %s: Zoom field %s, in person %s", (eventCode, name, needsZoom, inPerson) => {
  expect(chosenIn(options, { eventCode, stage: name })).toMatchObject({ needsZoom, inPerson });
});

test("the only part of an event is chosen with it, and a part it does not have is dropped", () => {
  expect(withEvent(options, emptyValues, "ONLINE")).toEqual({ eventCode: "ONLINE", subEvent: "main" });
  expect(withEvent(options, { ...emptyValues, subEvent: "b" }, "HOUSE")).toEqual({ eventCode: "HOUSE", subEvent: "b" });
  expect(withEvent(options, { ...emptyValues, subEvent: "main" }, "HOUSE")).toEqual({
    eventCode: "HOUSE",
    subEvent: "",
  });
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

test("a stored choice that is offered no more is shown and cannot be chosen", () => {
  const offered = [{ value: "reg", label: "reg" }];
  expect(withStored(offered, "reg")).toEqual(offered);
  expect(withStored(offered, "")).toEqual(offered);
  expect(withStored(offered, "old")).toEqual([
    ...offered,
    { value: "old", label: "old (not available any more)", disabled: true },
  ]);
});

import { describe, expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import type { ItemChange } from "./itemChange.ts";
import { staleSteps } from "./orderEffects.ts";
import type { Configuration } from "./references.ts";

const order = anOrder({ eventCode: "E26", subEvent: "main", stage: "reg", account: "office", languages: ["EN", "DE"] });
const none = new Map();
const configuration: Configuration = {
  ...{ account: none, language: none, prompt: none, tester: none, user: none, setting: none },
  event: new Map([["E26", { aid: "E26", config: { pool: "members" } }]]),
  stage: new Map([["reg", { name: "reg", pools: ["open"] }]]),
  pool: new Map([
    ["members", { name: "members", attributes: [{ type: "pool", name: "inner" }] }],
    ["open", { name: "open", attributes: [] }],
    ["oath", { name: "oath", attributes: [{ type: "oath", aid: "E25" }] }],
  ]),
};
const content = ["Prepare", "Dry-Run", "Test", "Send"];
const audience = ["Count", "Dry-Run"];

const cases: [ItemChange["kind"], string, object, object, readonly string[]][] = [
  ["account", "office", { host: "a" }, { host: "b" }, ["Test", "Send"]],
  ["account", "office", { password: "a" }, { password: "b" }, ["Test", "Send"]],
  ["account", "office", { replyTo: "a@x.org" }, { replyTo: "b@x.org" }, content],
  ["account", "office", { ratePerSecond: 1, quotaPer24h: 5 }, { ratePerSecond: 2, quotaPer24h: 6, enabled: false }, []],
  ["account", "other", { host: "a" }, { host: "b" }, []],
  ["stage", "reg", { pools: ["open"] }, { pools: [] }, audience],
  ["stage", "reg", { prefix: { EN: "a" } }, { prefix: { EN: "b" } }, content],
  ["stage", "reg", { description: "a", order: 1 }, { description: "b", order: 2 }, []],
  ["stage", "reminder", { pools: ["open"] }, { pools: [] }, []],
  ["language", "EN", { everyone: true }, { everyone: false }, audience],
  ["language", "EN", { tag: "en", order: 1 }, { tag: "en-GB", order: 2 }, []],
  ["language", "FR", { everyone: true }, {}, []],
  ["event", "E26", { config: { pool: "members" } }, { config: { pool: "open" } }, audience],
  ["event", "E26", { config: { currency: "EUR" } }, { config: { currency: "CHF" } }, content],
  ["event", "E26", { config: { inPerson: null } }, { config: { inPerson: false } }, []],
  ["event", "E26", { subEvents: { main: {} } }, { subEvents: { main: { regLinkAvailable: true } } }, content],
  ["event", "E26", { subEvents: { main: {}, b: {} } }, { subEvents: { main: {}, c: {} } }, []],
  ["event", "E26", { name: "a" }, { name: "b" }, []],
  ["pool", "open", { attributes: [] }, { attributes: [{ type: "true" }] }, audience],
  ["pool", "inner", { attributes: [] }, { attributes: [{ type: "true" }] }, audience],
  ["pool", "oath", { attributes: [] }, { attributes: [{ type: "true" }] }, content],
  ["pool", "unused", { attributes: [] }, { attributes: [{ type: "true" }] }, []],
  ["setting", "timeZone", { value: "UTC" }, { value: "Europe/Berlin" }, content],
  ["setting", "confirmSendAbove", { value: 1 }, { value: 2 }, []],
  ["setting", "failureCeiling", { value: {} }, { value: { ratio: 0.1 } }, []],
  ["tester", "p-1", { label: "a" }, { label: "b" }, []],
];

test.each(cases)("a change of %s %s from %j to %j makes %j stale", (kind, key, before, after, steps) => {
  const change = { kind, key, before, after } as ItemChange;
  expect(staleSteps(change, order, configuration)).toEqual(steps);
});

describe("a prompt", () => {
  const change: ItemChange = { kind: "prompt", key: "default#a#EN", before: { text: "a" }, after: { text: "b" } };
  test("makes content stale that inserts it, and no other", () => {
    expect(staleSteps(change, order, configuration, true)).toEqual(content);
    expect(staleSteps(change, order, configuration, false)).toEqual([]);
  });
});

import { fieldsOfKind } from "@email-agent/shared/domain/configuration/fields.ts";
import { describe, expect, test } from "vitest";
import { changedNames, holdsSecret, mergedValues, sentValues, withDefaults } from "./itemValues.ts";

const account = fieldsOfKind("account") ?? [];

test("numbers are sent as numbers, what is left empty is absent, what is no number is kept for the judge", () => {
  const sent = sentValues(account, {
    name: "a",
    port: "587",
    ratePerSecond: "0,5",
    quotaPer24h: "many",
    host: "",
    replyTo: "x",
  });
  expect(sent).toEqual({ name: "a", port: 587, ratePerSecond: 0.5, quotaPer24h: "many", replyTo: "x" });
});

test("whole numbers of a list may stand on lines or behind commas", () => {
  const days = (written: readonly string[]) =>
    sentValues(account, { warmUp: { startsOn: "2026-05-04", days: written } })["warmUp"];
  expect(days(["50, 100,200", "", "400"])).toEqual({ startsOn: "2026-05-04", days: [50, 100, 200, 400] });
  expect(days(["many", "-1"])).toEqual({ startsOn: "2026-05-04", days: ["many", -1] });
});

describe("two states of an item", () => {
  const older = { name: "a", host: "one", port: 25 };
  test("differ in the fields that really do", () => {
    expect(changedNames(account, older, { ...older, enabled: true, replyTo: "", dkim: null })).toEqual([]);
    expect(changedNames(account, older, { ...older, host: "two", enabled: false })).toEqual(["enabled", "host"]);
  });
  test("are merged field by field: my entries win where I made some", () => {
    const newer = { ...older, host: "theirs", fromName: "Theirs" };
    const mine = withDefaults(account, { ...older, port: 587, host: "one" });
    expect(mergedValues(account, older, newer, mine)).toMatchObject({ host: "theirs", fromName: "Theirs", port: 587 });
  });
});

test("an entered secret is known, wherever it is", () => {
  expect(holdsSecret(account, { password: "x" })).toBe(true);
  expect(holdsSecret(account, { dkim: { privateKey: "x" } })).toBe(true);
  expect(holdsSecret(account, { password: undefined, dkim: { domain: "a" } })).toBe(false);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { isKeyPart, mailingKey, splitMailingKey, testPartition } from "./mailingKey.ts";
import { shardKey, shardKeys, shardOf } from "./shards.ts";

const part = fc.stringMatching(/^[A-Za-z0-9-]{1,12}$/);
const language = fc.constantFrom("EN", "SP", "FR", "CN");

test("acceptance 13: every mailing key splits back into its parts", () => {
  const order = fc.record({
    eventCode: part,
    subEvent: part,
    stage: part,
    revision: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(order, language, (parts, code) => {
      const { revision, ...rest } = parts;
      const expected = { ...rest, ...(revision !== undefined && { revision }), language: code };
      expect(splitMailingKey(mailingKey(parts, code))).toEqual(expected);
    }),
  );
});

test("both forms", () => {
  const order = { eventCode: "E2026", subEvent: "week-end", stage: "reg" };
  expect(mailingKey(order, "EN")).toBe("E2026_week-end_reg_EN");
  expect(mailingKey({ ...order, revision: 2 }, "EN")).toBe("E2026_week-end_reg_2_EN");
});

test("acceptance 13: a code with an underscore is refused, named", () => {
  const order = { eventCode: "E2026", subEvent: "weekend", stage: "reg" };
  expect(() => mailingKey({ ...order, eventCode: "E_2026" }, "EN")).toThrow('event code "E_2026"');
  expect(() => mailingKey({ ...order, subEvent: "a b" }, "EN")).toThrow('sub-event "a b"');
  expect(() => mailingKey({ ...order, stage: "" }, "EN")).toThrow('stage ""');
  expect(() => mailingKey(order, "E~N")).toThrow('language "E~N"');
  expect(["E2026", "a-b", "", "a_b", "a#b", "a~b", "é"].map(isKeyPart)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("what is no mailing key does not split", () => {
  for (const text of ["", "a_b_c", "a_b_c_1_EN_x", "a__c_EN", "a_b_c_EN~run", "a_b_c_rev_EN"]) {
    expect(splitMailingKey(text)).toBeUndefined();
  }
});

test("a test's partition is no mailing key and names its run", () => {
  expect(testPartition("E2026_weekend_reg_EN", "run-1")).toBe("E2026_weekend_reg_EN~run-1");
  expect(splitMailingKey(testPartition("E2026_weekend_reg_EN", "run-1"))).toBeUndefined();
});

test("a participant's shard never changes and the shards fill evenly", () => {
  // Stored keys depend on these: they are facts of the tables, not of the code.
  expect(["p-1", "p-2", "Zoë", "123456789"].map(shardOf)).toMatchInlineSnapshot(`
    [
      14,
      9,
      8,
      3,
    ]
  `);
  const counts = new Array(16).fill(0);
  for (let index = 0; index < 16_000; index++) counts[shardOf(`participant-${index}`)] += 1;
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
  expect(shardKeys("K")).toContain(shardKey("K", "p-1"));
  expect(shardKeys("K")).toHaveLength(16);
});

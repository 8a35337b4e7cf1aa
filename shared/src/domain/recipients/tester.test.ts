import { expect, test } from "vitest";
import { testerSchema } from "../configItems.ts";
import { isOffered, testerAt, testerName, testerPeople } from "./tester.ts";

const at = "2026-01-01T00:00:00.000Z";
const inside = testerSchema.parse({ id: "200000001", label: "Ana" });
const press = testerSchema.parse({ id: "press", email: " press@example.org ", last: "Roca", language: "Spanish" });
const typed = testerSchema.parse({
  id: "t-1",
  email: "bo@example.org",
  typed: { event: "E2026", by: "anna", at },
});

test("only a tester with an address is read from Config: with the own name, else as an example person", () => {
  expect(Object.fromEntries(testerPeople([inside, press, typed], ["200000001", "press", "t-1", "gone"]))).toEqual({
    press: { id: "press", email: "press@example.org", first: "", last: "Roca", writtenLangPref: "Spanish" },
    "t-1": { id: "t-1", email: "bo@example.org", first: "Example", last: "Person" },
  });
  expect(testerPeople([press], []).size).toBe(0);
});

test("what is no address does not fit", () => {
  expect(testerSchema.safeParse({ id: "x", email: "ana@example" }).error?.issues[0]?.message).toBe(
    "a mail address, as ana@example.org",
  );
});

test("a typed address is found and offered for its event only, whatever the case", () => {
  expect([isOffered(inside, "F"), isOffered(typed, "F"), isOffered(typed, "E2026")]).toEqual([true, false, true]);
  expect(testerAt([inside, press, typed], "BO@example.org", "E2026")).toBe(typed);
  expect(testerAt([inside, press, typed], "BO@example.org", "F2026")).toBeUndefined();
  expect(testerAt([inside, press, typed], "press@EXAMPLE.org", "F2026")).toBe(press);
});

test("a tester without a label is named by the address, masked where it may not be shown", () => {
  const names = (showAddresses: boolean) => [inside, press, typed].map((one) => testerName(one, { showAddresses }));
  expect(names(true)).toEqual(["Ana", "press@example.org", "bo@example.org"]);
  expect(names(false)).toEqual(["Ana", "p…@example.org", "b…@example.org"]);
});

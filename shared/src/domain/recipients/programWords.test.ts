import { expect, test } from "vitest";
import { programWords } from "./programWords.ts";

test("the marks that are set, then retreats and bookings", () => {
  const program = {
    ...{ test: true, join: true, accepted: false, withdrawn: null, whichRetreats: { r2: true, r1: true, r3: false } },
    offeringHistory: { weekend: { offeringSKU: "A-1" }, autumn: { offeringSKU: " " }, spring: null },
  };
  expect(programWords(program)).toEqual(["Registered", "Test person", "Chose r1, r2", "Booked weekend (A-1)"]);
  expect(programWords({ join: false })).toEqual([]);
});

import { expect, test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { smtpFaults } from "./smtpFaults.ts";

test(
  "acceptance 195: whatever a mail server does in whatever phase, each person has one mail and its record is true",
  {
    timeout: 240_000,
  },
  () => fastSelection(smtpFaults),
);

test("the fast selection has every phase and every fault", () => {
  const partsOf = (names: readonly { readonly name: string }[], part: number) =>
    [...new Set(names.map(({ name }) => name.split("/")[part]))].sort();
  const fast = smtpFaults.scenarios.filter(({ isFast }) => isFast);
  for (const part of [0, 1, 2]) expect(partsOf(fast, part)).toEqual(partsOf(smtpFaults.scenarios, part));
});

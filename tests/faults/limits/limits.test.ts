import { expect, test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { limits } from "./limits.ts";
import { mostInWindow } from "./slidingWindows.ts";

test("the densest window is found wherever it begins", () => {
  expect(mostInWindow([0, 900, 950, 1000, 1899, 1950], 1000)).toBe(4);
  expect(mostInWindow([0, 1000, 2000], 1000)).toBe(1);
  expect(mostInWindow([], 1000)).toBe(0);
});

test(
  "acceptance 206: at the mail server no sliding second and no 24 hours hold more than the account allows, whichever processes share it or die",
  { timeout: 180_000 },
  () => fastSelection(limits),
);

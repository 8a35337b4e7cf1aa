import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { clocks } from "./clocks.ts";

test(
  "acceptance 200: a clock that is minutes off on one of two hosts costs no mail and doubles none, also when a sender dies",
  { timeout: 400_000 },
  () => fastSelection(clocks),
);

import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { load } from "./load.ts";

test(
  "acceptance 208: many Sends at once on few accounts are all complete, and each person has one mail",
  { timeout: 120_000 },
  () => fastSelection(load),
);

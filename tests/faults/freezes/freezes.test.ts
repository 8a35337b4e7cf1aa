import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { freezes } from "./freezes.ts";

test(
  "acceptance 200: a process that was frozen past its lease begins nothing when it wakes, and the Send ends by itself",
  { timeout: 400_000 },
  () => fastSelection(freezes),
);

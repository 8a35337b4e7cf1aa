import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { kills } from "./kills.ts";

test(
  "acceptance 198: a process killed at any call, before it or after its effect, has a successor that goes on; commands count once",
  { timeout: 400_000 },
  () => fastSelection(kills),
);

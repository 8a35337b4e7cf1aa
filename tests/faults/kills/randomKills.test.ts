import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { randomKills } from "./randomKills.ts";

test(
  "acceptance 199: processes that die at random moments of a Send cost no mail and double none, also when it is stopped, switched off or edited",
  { timeout: 400_000 },
  () => fastSelection(randomKills),
);

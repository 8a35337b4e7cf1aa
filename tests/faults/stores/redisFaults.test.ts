import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { redisFaults } from "./redisFaults.ts";

test(
  "acceptance 201: whatever happens to Redis during a Send, the Send ends by itself, with no mail in doubt",
  {
    timeout: 240_000,
  },
  () => fastSelection(redisFaults),
);

import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { models } from "./models.ts";

test(
  "acceptance 204: whatever is commanded, crashes, wakes or is delivered again, in whatever order, a work order is as its model says",
  { timeout: 120_000 },
  () => fastSelection(models),
);

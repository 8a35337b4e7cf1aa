import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { hostileInput } from "./hostile.ts";

test("acceptance 207: hostile input of every kind is refused or taken as it was meant, and breaks nothing", async () => {
  await fastSelection(hostileInput);
}, 120_000);

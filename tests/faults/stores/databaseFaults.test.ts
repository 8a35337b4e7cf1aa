import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { databaseFaults } from "./databaseFaults.ts";

test(
  "acceptance 202: whatever happens to the database during a Send, each person has one mail and its record is true",
  {
    timeout: 240_000,
  },
  () => fastSelection(databaseFaults),
);

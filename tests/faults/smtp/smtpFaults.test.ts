import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { smtpFaults } from "./smtpFaults.ts";

test(
  "acceptance 195: whatever a mail server does in whatever phase, each person has one mail and its record is true",
  {
    timeout: 120_000,
  },
  () => fastSelection(smtpFaults),
);

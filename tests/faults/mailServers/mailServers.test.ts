import { test } from "vitest";
import { fastSelection } from "../fastSelection.ts";
import { mailServers } from "./mailServers.ts";
import { hasPostfix } from "./postfix.ts";

if (!hasPostfix)
  process.stderr.write(
    "Tests of Postfix are skipped: it is not installed (apt-get install postfix), or this is not root.\n",
  );

test.skipIf(!hasPostfix)(
  "acceptance 196: what a real mail server took over is what the ledger says, whatever it refuses and wherever it crashes",
  { timeout: 240_000 },
  () => fastSelection(mailServers),
);

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isLocked, takeLock } from "../../scripts/oneAtATime.mjs";

/** The file in a data folder that names the process whose stack works on it, from its first moment to its last. */
export const holderFile = "running";

/** Holds a data folder for the stack of this process; throws one plain sentence if another one has it. */
export function holdData(dataFolder: string): Disposable {
  const file = join(dataFolder, holderFile);
  mkdirSync(dataFolder, { recursive: true });
  if (!takeLock(file))
    throw new Error(
      `email-agent is already running on this data (${dataFolder}). Stop it first with Ctrl-C in its terminal.`,
    );
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

/** Whether some process holds the data folder: its stack runs, starts or ends. */
export function isDataHeld(dataFolder: string): boolean {
  return isLocked(join(dataFolder, holderFile));
}

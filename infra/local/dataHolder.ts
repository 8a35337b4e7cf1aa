import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isLocked, takeLock } from "../../scripts/oneAtATime.mjs";
import { secretsFile } from "./localSecrets.ts";

/** The file in a data folder that names the process whose stack works on it, from its first moment to its last. */
export const holderFile = "running";

/**
 * Holds a data folder for the stack of this process; throws one plain sentence if another one has it, or if it is a folder
 * of something else.
 */
export function holdData(dataFolder: string): Disposable {
  const file = join(dataFolder, holderFile);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const names = readdirSync(dataFolder).filter((name) => !name.startsWith(holderFile));
  if (names.length > 0 && !names.includes(secretsFile))
    throw new Error(`${dataFolder} holds no data of email-agent, so it is left alone. Name another folder.`);
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

/**
 * Leaves a data folder and what is in it to its owner alone: names, addresses and secrets lie there. What this process and
 * those it starts make from now on is made so.
 */
export function keepPrivate(dataFolder: string): void {
  process.umask(0o077);
  mkdirSync(dataFolder, { recursive: true });
  for (const name of [".", ...readdirSync(dataFolder, { recursive: true, encoding: "utf8" })]) {
    const path = join(dataFolder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found && !found.isSymbolicLink() && found.mode & 0o077) chmodSync(path, found.mode & 0o700);
  }
}

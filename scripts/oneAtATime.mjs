// Plain JavaScript without packages: it also runs before they are installed, on whatever Node the machine has.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Runs `work` while no other process of this machine holds `lock`, a file, waiting until it is released: two commands begun at the
 * same time in one checkout install and build nothing twice. `onWait` is called once. A process that died holds nothing.
 * @template T
 * @param {string} lock
 * @param {() => void} onWait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function oneAtATime(lock, onWait, work) {
  mkdirSync(dirname(lock), { recursive: true });
  for (let waits = 0; !takeLock(lock); waits += 1) {
    if (waits === 0) onWait();
    await pause(100);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Takes `lock` for this process and says whether it could: false while another one holds it that lives. The process that
 * takes it removes the file.
 * @param {string} lock
 * @returns {boolean}
 */
export function takeLock(lock) {
  return withGuard(lock, () => {
    if (isLocked(lock)) return false;
    rmSync(lock, { force: true });
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  });
}

/**
 * Runs `work` in one process at a time. To judge a lock, remove it and take it are three steps; between them no other
 * process may take it, or the removal would hit the lock of one that lives.
 * @template T
 * @param {string} lock
 * @param {() => T} work
 * @returns {T}
 */
function withGuard(lock, work) {
  const guard = `${lock}.guard`;
  while (!createFile(guard)) {
    // It is held for a moment only; one that stays was left by a crash.
    const { mtimeMs = Date.now() } = statSync(guard, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > 10_000) rmSync(guard, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
  try {
    return work();
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Creates an empty file; false if there is one already.
 * @param {string} path
 */
function createFile(path) {
  try {
    writeFileSync(path, "", { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return false;
  }
}

/**
 * Whether a process that lives holds `lock`.
 * @param {string} lock
 */
export function isLocked(lock) {
  const holder = readHolder(lock);
  if (holder === undefined) return false;
  // Empty: another process is writing its number just now.
  return holder === "" || (isAlive(Number(holder)) && !isFromBeforeBoot(lock));
}

/** @param {string} lock */
function readHolder(lock) {
  try {
    return readFileSync(lock, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Whether a process of this machine, anybody's, has this id.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive, and another user's.
    return codeOf(error) === "EPERM";
  }
  return !isZombie(pid);
}

/**
 * Ended, and not yet taken note of by its parent: permanently in a container whose first process is no init.
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    // It has ended meanwhile, or the system has no /proc.
    return false;
  }
}

/**
 * After a restart of the machine another process may have the number of the one that held it.
 * @param {string} lock
 */
function isFromBeforeBoot(lock) {
  const { mtimeMs = 0 } = statSync(lock, { throwIfNoEntry: false }) ?? {};
  return mtimeMs < Date.now() - uptime() * 1000;
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}

// The temporary folder of a run of the tests or benches. Vitest calls the default export once, before all test files.
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../scripts/oneAtATime.mjs";

/** A folder that a run may use, and what it must offer for that. */
export interface Place {
  readonly path: string;
  readonly neededBytes: number;
}

/** What the stacks of three test files hold at the same time, with room to spare; Docker gives a container 64 MB. */
const neededBytes = 2 * 2 ** 30;

/**
 * Best first: a memory-backed file system, where a sync to the disk costs nothing (dynoxide syncs after every write);
 * else the temporary folder of the system. What lies in memory counts as memory, so that has to suffice as well.
 */
function places(): readonly Place[] {
  const inMemory = process.platform === "linux" && process.availableMemory() > 2 * neededBytes;
  return [...(inMemory ? [{ path: "/dev/shm", neededBytes }] : []), { path: tmpdir(), neededBytes: 0 }];
}

/**
 * Opens a folder and makes it the temporary folder (`TMPDIR`) of this process and of those it starts. Whatever they leave
 * there is removed at the end of this process; after a crash the next run removes it.
 *
 * @throws Error with one sentence if no place can be written to.
 */
export function openTemporaryFolder(among = places()): { readonly path: string } & Disposable {
  for (const place of among) sweep(place.path);
  const place = among.find(hasRoom);
  if (!place)
    throw new Error(
      `No temporary folder can be written to (${among.map(({ path }) => path).join(", ")}): name another one in TMPDIR.`,
    );
  const before = process.env["TMPDIR"];
  const path = mkdtempSync(join(place.path, `${prefix()}${process.pid}-`));
  process.env["TMPDIR"] = path;
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", remove);
  return {
    path,
    [Symbol.dispose]() {
      process.off("exit", remove);
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
      remove();
    },
  };
}

export default function setUp(): () => void {
  const folder = openTemporaryFolder();
  return () => folder[Symbol.dispose]();
}

function hasRoom({ path, neededBytes }: Place): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    if (bavail * bsize < neededBytes) return false;
    rmSync(mkdtempSync(join(path, prefix())), { recursive: true });
    return true;
  } catch {
    // It is missing, or another user's: the next place is asked.
    return false;
  }
}

/** Removes what crashed runs left. */
function sweep(place: string): void {
  if (!existsSync(place)) return;
  for (const name of readdirSync(place)) {
    const [, pid] = new RegExp(`^${prefix()}(\\d+)-`).exec(name) ?? [];
    if (pid && !isAlive(Number(pid))) removeLeftover(join(place, name));
  }
}

/** What cannot be removed, as a file system that is mounted in it, must not keep this run from starting. */
function removeLeftover(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    process.stderr.write(`${folder}, which a crashed run left, cannot be removed: ${(error as Error).message}\n`);
  }
}

/** Process ids mean something within one PID namespace only: containers may share a folder. */
function prefix(): string {
  const namespace = process.platform === "linux" ? readlinkSync("/proc/self/ns/pid").replace(/\D/g, "") : "0";
  return `email-agent-run-${namespace}-`;
}

import { needsWorker } from "@email-agent/shared/adapters/peopleImports.ts";
import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import type { PeopleImport, WorkingState } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { AppError, dispositionOf } from "@email-agent/shared/kit/errors.ts";
import { isTransientUnderLease } from "@email-agent/shared/kit/retryTransient.ts";
import { keepLease, type Lease } from "@email-agent/shared/run/keepLease.ts";
import { newWorkerName } from "@email-agent/shared/run/workerName.ts";
import type { Manager } from "../manager.ts";
import { applyImport } from "./applyImport.ts";
import { dryRun } from "./dryRun.ts";
import { onImportsWaiting } from "./importHint.ts";
import { undoImport } from "./undoImport.ts";

/** How often a process looks for imports whose worker is gone; those begun in the same process are noticed at once. */
const lookMilliseconds = 5_000;
/** Imports looked at: only the newest can still be at work. */
const lookedAt = 50;
/** The progress of a dry run is written this often. */
const reportMilliseconds = 500;
/** After a dependency was away. */
const againMilliseconds = 2_000;
const unexpected =
  "Something unexpected happened; the log of the Email Manager says what. What was done so far is kept.";

export interface ImportTimes {
  readonly heartbeatMilliseconds: number;
  readonly proofMilliseconds: number;
  readonly takeOverMilliseconds: number;
}

/**
 * Works on imports until `shutdown` aborts: takes one that has no live worker, under a lease with heartbeats, and carries it
 * on from its last checkpoint. Every manager process runs one; the table decides who works on what.
 */
export async function workOnImports(
  manager: Manager,
  shutdown: AbortSignal,
  times: ImportTimes = leaseTimes,
): Promise<void> {
  const { log } = manager;
  let wake = () => {};
  using _ = onImportsWaiting(() => wake());
  while (!shutdown.aborted) {
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const worked = await workOnNext(manager, shutdown, times).catch((error) => {
      if (!shutdown.aborted) log.warn({ error }, "imports could not be worked on; trying again");
      return false;
    });
    if (worked) continue;
    const pause = systemClock.sleep(lookMilliseconds, shutdown).catch(() => undefined);
    await Promise.race([woken, pause]);
  }
}

/** Works on one import that waits for a worker, to its end; false if there is none. */
async function workOnNext(manager: Manager, shutdown: AbortSignal, times: ImportTimes): Promise<boolean> {
  const now = manager.clock.now();
  const silent = times.takeOverMilliseconds;
  const waiting = (await manager.peopleImports.newest(lookedAt)).filter((item) => needsWorker(item, now, silent));
  for (const item of waiting.reverse()) {
    const renewedAt = systemClock.monotonic();
    const taken = await manager.peopleImports.pickUp(item, newWorkerName(), manager.clock.now(), silent);
    if (!taken) continue;
    await work(manager, taken, { shutdown, renewedAt, times });
    return true;
  }
  return false;
}

interface Holding {
  readonly shutdown: AbortSignal;
  readonly renewedAt: number;
  readonly times: ImportTimes;
}

async function work(manager: Manager, item: PeopleImport, { shutdown, renewedAt, times }: Holding): Promise<void> {
  const { peopleImports, log, clock } = manager;
  const state = item.state as WorkingState;
  const heartbeat = () => ({ heartbeatAt: instant(clock.now()) });
  const record = async (change: Parameters<typeof peopleImports.record>[1]) => {
    if (!(await peopleImports.record(item, { ...heartbeat(), ...change })))
      throw new AppError("lease-lost", `Another process works on ${item.sk}, or it was ended.`);
  };
  try {
    await using lease = keepLease({
      name: item.sk,
      renewedAt,
      renew: async () => {
        await record({});
        return true;
      },
      shutdown,
      clock: systemClock,
      log,
      times,
    });
    await works[state](manager, item, record, lease);
  } catch (error) {
    if (shutdown.aborted) {
      // Another process takes it at once.
      await peopleImports.record(item, { worker: undefined, heartbeatAt: undefined });
    } else if (isTransientUnderLease(error)) {
      log.warn({ error, import: item.sk }, "an import was interrupted; it goes on in a moment");
      await systemClock.sleep(againMilliseconds, shutdown).catch(() => undefined);
      // Has no effect if another process works on it by now.
      await peopleImports.record(item, { worker: undefined, heartbeatAt: undefined });
    } else {
      const isExpected = dispositionOf(error) === "reject";
      log[isExpected ? "warn" : "error"]({ error, import: item.sk }, "an import ended early");
      const failure = isExpected && error instanceof Error ? error.message : unexpected;
      await peopleImports.record(item, { state: "failed", failedIn: state, failure, heartbeatAt: undefined });
    }
  }
}

type Work = (
  manager: Manager,
  item: PeopleImport,
  record: (change: Partial<PeopleImport> & { heartbeatAt?: undefined | string }) => Promise<void>,
  lease: Lease,
) => Promise<void>;

const works: Readonly<Record<WorkingState, Work>> = {
  async checking(manager, item, record, { signal }) {
    let reportedAt = 0;
    const report = async (rowsRead: number) => {
      if (systemClock.monotonic() - reportedAt < reportMilliseconds) return;
      reportedAt = systemClock.monotonic();
      await record({ rowsRead });
    };
    const found = await dryRun(manager, item, report, signal);
    await record({ state: "checked", found, rowsRead: found.rows, checkedAt: instant(manager.clock.now()) });
  },
  async applying(manager, item, record, lease) {
    await applyImport(manager, item, (applied) => record({ applied }), lease.prove);
    await record({ state: "applied" });
  },
  async undoing(manager, item, record, lease) {
    await undoImport(manager, item, (undone) => record({ undone }), lease.prove);
    await record({ state: "undone" });
  },
};

import { instant } from "../time.ts";
import type { StepRecord } from "../workOrder.ts";
import type { OrderWrite } from "./orderWrite.ts";
import { type LeaseClaim, stepPath, underLease } from "./runWrites.ts";
import { saidIn } from "./saidInStep.ts";
import { claims } from "./settlement.ts";
import type { Said } from "./transitionRow.ts";

/** The writes of a worker that change no status. Each is conditional on its lease. */

/** The pick-up, the first write of every job: the right to work, given once under each token. */
export function pickUpWrite(lease: LeaseClaim, worker: string, now: number): OrderWrite {
  return {
    set: [
      [["runLease", "worker"], worker],
      [["runCheckAt"], instant(now)],
      [stepPath(lease.step, "message"), "Started."],
    ],
    remove: [],
    when: [...underLease(lease), { path: ["runLease", "worker"], exists: false }],
  };
}

/** The heartbeat: the run's clock moves on. */
export function heartbeatWrite(lease: LeaseClaim, now: number): OrderWrite {
  return { set: [[["runCheckAt"], instant(now)]], remove: [], when: underLease(lease) };
}

/** `planning` and `waiting` hold while the step works, so they are no part of how it ends. */
export function progressWrite(
  lease: LeaseClaim,
  progress: Said & Pick<StepRecord, "planning" | "waiting">,
): OrderWrite {
  const said = saidIn(lease.step, progress);
  const { planning, waiting } = progress;
  const set: OrderWrite["set"] = [
    ...said.set,
    ...(planning === undefined ? [] : [[stepPath(lease.step, "planning"), planning] as const]),
    ...(waiting === undefined ? [] : [[stepPath(lease.step, "waiting"), waiting] as const]),
  ];
  return { ...said, set, when: underLease(lease) };
}

/**
 * After a stop a worker may still say how far it came, and nothing else. Once its claims are settled the numbers are
 * those of the ledger, and it may not.
 */
export function countersAfterStop(lease: LeaseClaim, numbers: Pick<Said, "counters" | "languages">): OrderWrite {
  return {
    ...saidIn(lease.step, numbers),
    when: [
      { path: stepPath(lease.step, "status"), equals: "interrupted" },
      { path: stepPath(lease.step, "runId"), equals: lease.runId },
      ...(claims(lease.step) ? [{ path: ["unsettled", lease.runId], exists: true } as const] : []),
    ],
  };
}

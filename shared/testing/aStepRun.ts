import type { StepName } from "../src/domain/steps.ts";
import type { WorkOrder } from "../src/domain/workOrder.ts";
import { AppError } from "../src/kit/errors.ts";
import type { Progress, StepRun } from "../src/run/stepRun.ts";
import { anOrder } from "./builders.ts";

/** A line of the log as a handler wrote it. */
interface LoggedLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

export interface TestRun extends StepRun {
  /** Everything reported, in order. */
  readonly reported: Progress[];
  readonly logged: LoggedLine[];
  /** Ends the run as the kit does: by a stop, a lost lease or a graceful shutdown. */
  stop(code?: "stopped" | "lease-lost" | "shutting-down"): void;
  /** From now on the lease cannot be proved. */
  loseProof(): void;
}

let runs = 0;

/** A picked-up run for a handler under test: it has its lease until `stop` or `loseProof` is called. */
export function aStepRun(step: StepName, order: WorkOrder = anOrder(), fields: { runId?: string } = {}): TestRun {
  runs += 1;
  const aborter = new AbortController();
  const reported: Progress[] = [];
  const logged: LoggedLine[] = [];
  const line = (level: LoggedLine["level"]) => (lineFields: Record<string, unknown>, message: string) =>
    void logged.push({ level, fields: lineFields, message });
  let proof = true;
  return {
    step,
    runId: fields.runId ?? `01RUN${String(runs).padStart(21, "0")}`,
    token: 1,
    worker: `test-${process.pid}-${runs}`,
    order,
    signal: aborter.signal,
    log: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
    proveLease: () => {
      if (!proof) throw new AppError("lease-lost", "The last renewal of the lease is too old.");
    },
    report: (progress) => void reported.push(progress),
    reported,
    logged,
    stop: (code = "stopped") => aborter.abort(new AppError(code, `The run ended: ${code}.`)),
    loseProof: () => {
      proof = false;
    },
  };
}

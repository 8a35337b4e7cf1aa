import type { LeaseClaim } from "../domain/lifecycle/runWrites.ts";
import { stepMessage } from "../domain/lifecycle/stepMessage.ts";
import type { Said, Trigger } from "../domain/lifecycle/transitionRow.ts";
import { AppError, dispositionOf } from "../kit/errors.ts";
import type { Progress, StepResult } from "./stepRun.ts";

/** How a handler ended. */
export type HandlerEnd = { readonly result: StepResult } | { readonly thrown: unknown };

/**
 * The trigger by which a run ends; undefined if it was interrupted, for then its status is written elsewhere.
 * `unwritten` is progress that goes out with the final write.
 */
export function endTrigger(end: HandlerEnd, lease: LeaseClaim, unwritten: Progress, now: number): Trigger | undefined {
  const at = { lease, now } as const;
  if ("thrown" in end) return thrownTrigger(end.thrown, { ...at, said: unwritten });
  const { result } = end;
  const said: Said = { ...unwritten, ...present(result) };
  if (result.kind === "complete") return { ...at, kind: "done", said };
  if (result.kind === "error") return { ...at, kind: "failed", said };
  if (result.cause === "quota") return { ...at, kind: "quota", said, wakeAt: result.wakeAt };
  if (result.cause === "window") return { ...at, kind: "window", said };
  if (result.cause === "next-pass") return { ...at, kind: "pass-done", said };
  return { ...at, kind: "retryable", said, random: Math.random() };
}

function thrownTrigger(thrown: unknown, at: { lease: LeaseClaim; now: number; said: Said }): Trigger | undefined {
  const said = { ...at.said, message: textOf(thrown) };
  switch (dispositionOf(thrown)) {
    case "interrupted":
      return undefined;
    case "retry":
      return { ...at, kind: "retryable", said, random: Math.random(), outage: isOutage(thrown) };
    case "reject":
      return { ...at, kind: "failed", said: { ...said, ...(isFailureCeiling(thrown) && { ceiling: "failures" }) } };
    case undefined:
      return {
        ...at,
        kind: "threw",
        said: {
          ...said,
          message: `Unexpected error: ${stepMessage(said.message).slice(0, 1500)}. It can be started again.`,
        },
      };
  }
}

/** The tables or the bucket did not respond: whatever the step was doing can be done again. */
function isOutage(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === "storage";
}

function isFailureCeiling(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === "too-many-failures";
}

function textOf(thrown: unknown): string {
  if (thrown instanceof AppError) return thrown.message;
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}

/** The fields a result says; absent ones must not hide progress that was not written yet. */
function present(result: StepResult): Said {
  const { kind: _, ...fields } = result;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

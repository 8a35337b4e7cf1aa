import type { Resets } from "../form/fieldRow.ts";
import { fieldTitle, rowOf } from "../form/orderFields.ts";
import { isStepName, laterSteps, type StepName, stepNames, stepsWhere } from "../steps.ts";
import { instant } from "../time.ts";
import type { Prepared, StepRecord, WorkOrder } from "../workOrder.ts";
import { stepStatus } from "./busyStep.ts";
import { joinWrites, type OrderWrite } from "./orderWrite.ts";
import { noWrite, stepPath } from "./runWrites.ts";

const stepsOf: Readonly<Record<Resets, readonly StepName[]>> = {
  "every step": stepNames,
  "steps with content": stepsWhere(({ content }) => content !== undefined),
  "steps that mail": stepsWhere(({ mails }) => mails !== undefined),
  nothing: [],
};
const afterPrepare = stepsWhere(({ content }) => content === "uses");

/** What a change of a field resets, by its row in the table of order fields. */
function resetsOf(field: string): Resets {
  return rowOf(field)?.resets ?? "nothing";
}

export interface Reset {
  /** Steps that are not ready now and go back to it, in order. */
  readonly steps: readonly string[];
  readonly clearsPrepared: boolean;
  /** A step that is neither ready nor complete would lose its state: the operator is asked first. */
  readonly needsConfirmation: boolean;
  /** Field names that really changed. */
  readonly changed: readonly string[];
}

/** What a save with these values would reset. Fields absent from `patch` stay as they are; `undefined` removes one. */
export function resetBy(order: WorkOrder, patch: Partial<WorkOrder>): Reset {
  const changed = Object.keys(patch).filter((field) => !sameContent(order[field], patch[field]));
  const named = new Set(changed.flatMap((field) => stepsOf[resetsOf(field)]));
  const known = stepNames.filter((name) => named.has(name) && order.steps[name].status !== "ready");
  const affected = [...known, ...(known.length > 0 ? laterStepsBegun(order) : [])];
  return {
    steps: affected,
    // Published content belongs to another mailing now.
    clearsPrepared: changed.some((field) => resetsOf(field) === "every step"),
    needsConfirmation: affected.some((name) => stepStatus(order, name) !== "complete"),
    changed,
  };
}

/** What hangs on the steps of a later release is not known here: whatever resets a step resets them. */
function laterStepsBegun(order: WorkOrder): string[] {
  return laterSteps(order.steps).filter((name) => stepStatus(order, name) !== "ready");
}

/** Which of the changed fields set this step back: for a step of a later release, all that reset any. */
function resetCauses(step: string, changed: readonly string[]): string[] {
  return changed.filter((field) => {
    const steps = stepsOf[resetsOf(field)];
    return isStepName(step) ? steps.includes(step) : steps.length > 0;
  });
}

/** Why a step goes back to ready, as its message says it: `Reset because stage, subjects changed.` */
export function resetReason(step: string, changed: readonly string[]): string {
  const causes = resetCauses(step, changed).map(fieldTitle);
  return `Reset because ${causes.join(", ")} changed.`;
}

/** The part of a save that sets steps back. Only for orders without a working or sleeping step. */
export function resetWrite(order: WorkOrder, reset: Reset): OrderWrite {
  const steps = joinWrites(...reset.steps.map((name) => resetSteps(order, [name], resetReason(name, reset.changed))));
  return reset.clearsPrepared ? { ...steps, set: [...steps.set, [["prepared"], {}]] } : steps;
}

const ofTheRun = [
  "attempt",
  "startedAt",
  "endedAt",
  "counters",
  "languages",
  "pinned",
  "nextRunAt",
  "nextRunId",
  "sleepsFor",
  "ceiling",
  "scheduledFor",
  "scheduled",
  "details",
] as const satisfies readonly (keyof StepRecord)[];

/**
 * Steps go back to ready and say why. `runId` and `resultRunId` stay: the lists they name can still be looked at, and
 * deliveries are never touched.
 */
export function resetSteps(order: WorkOrder, names: readonly string[], why: string): OrderWrite {
  const affected = names.filter((name) => stepStatus(order, name) !== "ready");
  return {
    set: affected.flatMap((name) => [
      [stepPath(name, "status"), "ready"] as const,
      [stepPath(name, "message"), why] as const,
    ]),
    remove: affected.flatMap((name) => ofTheRun.map((field) => stepPath(name, field))),
    when: affected.map((name) => ({ path: stepPath(name, "status"), equals: stepStatus(order, name) })),
  };
}

/**
 * The content Prepare published, and the reset of what was checked and sent with other content. Equal hashes reset
 * nothing and keep the time since which that content is published.
 */
export function publishContent(
  order: WorkOrder,
  published: Record<string, Omit<Prepared, "preparedAt">> | undefined,
  now: number,
): OrderWrite {
  if (!published) return noWrite;
  const content = Object.entries(published).map(([code, one]) => {
    const before = order.prepared[code];
    const preparedAt = before?.hash === one.hash ? before.preparedAt : instant(now);
    return [code, { ...one, preparedAt }] as const;
  });
  const changed = content.filter(([code, { hash }]) => order.prepared[code]?.hash !== hash).map(([code]) => code);
  const reset =
    changed.length === 0
      ? noWrite
      : resetSteps(
          order,
          [...afterPrepare, ...laterStepsBegun(order)],
          `Reset because Prepare published new content for ${changed.join(", ")}.`,
        );
  return { ...reset, set: [...reset.set, [["prepared"], Object.fromEntries(content)]] };
}

/** Equal as JSON, whatever the order of a map's keys. */
export function sameContent(left: unknown, right: unknown): boolean {
  return stable(left) === stable(right);
}

/** JSON with sorted keys: the order of a map's keys means nothing, the order of a list does. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? "absent"
  );
}

import type { ChunkProgress, Plan } from "@email-agent/shared/domain/delivery/run.ts";
import type { Counters } from "@email-agent/shared/domain/workOrder.ts";
import type { Manager } from "../manager.ts";
import type { Mailed, Pass } from "./sendCurve.ts";

/** The passes of a Send that are looked back on. */
export interface Passes {
  readonly passes: readonly Pass[];
  /** False while the last pass may still find recipients. */
  readonly planned: boolean;
}

const passesBack = 30;
const chunksBack = 4000;

/**
 * The pass `runId` and those before it of the same start (a Send out of quota goes on under a new run id), oldest first, as
 * far back as the chunks stay few enough to be read quickly.
 */
export async function passesOf({ runs }: Pick<Manager, "runs">, runId: string, signal?: AbortSignal): Promise<Passes> {
  const plans = await Promise.all(runIdsBack(runId).map((id) => runs.plan(id)));
  const shown: Plan[] = [];
  let chunks = 0;
  for (const plan of plans) {
    if (!plan) continue;
    chunks += Object.values(plan.nextNumber).reduce((sum, next) => sum + next, 0);
    if (shown.length > 0 && chunks > chunksBack) break;
    shown.push(plan);
  }
  const passes = await Promise.all(shown.toReversed().map((plan) => passOf(runs, plan, signal)));
  return { passes, planned: plans[0]?.complete ?? false };
}

/** `<commandId>-p3`, `<commandId>-p2`, `<commandId>`: the newest first. */
function runIdsBack(runId: string): string[] {
  const [, commandId = runId, number = "1"] = /^(.+?)(?:-p(\d+))?$/.exec(runId) ?? [];
  const newest = Number(number);
  const count = Math.min(newest, passesBack);
  return Array.from({ length: count }, (_, back) =>
    newest === back + 1 ? commandId : `${commandId}-p${newest - back}`,
  );
}

async function passOf(runs: Manager["runs"], plan: Plan, signal?: AbortSignal): Promise<Pass> {
  const chunks: ChunkProgress[] = [];
  for await (const page of runs.progress(plan, signal)) chunks.push(...page);
  return { before: sumOf(Object.values(plan.before)), chunks };
}

function sumOf(counters: readonly Counters[]): Mailed {
  const sum = { sent: 0, failed: 0, inDoubt: 0 };
  for (const { sent, failed, inDoubt } of counters) {
    sum.sent += sent;
    sum.failed += failed;
    sum.inDoubt += inDoubt;
  }
  return sum;
}

import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import type { FaultPoint, KillableService } from "./faultPoints.ts";
import { changeSubjects } from "./operatorActs.ts";
import { type ProcessStack, slowAccount } from "./processStack.ts";

/** A part of the life of an order, from a click of the operator to the state that it leads to. */
export interface KillPhase {
  readonly step: StepName;
  /** How the step ends. */
  readonly status: "complete" | "interrupted";
  /** Services whose calls are fault points of this phase. */
  readonly services: readonly KillableService[];
  /** Makes an order that is ready for the step. */
  prepare(stack: ProcessStack): Promise<WorkOrder>;
  /** Clicks. Returns the ids of the commands that were given, in order. */
  act(stack: ProcessStack, order: WorkOrder): Promise<string[]>;
}

const start = (step: StepName, services: readonly KillableService[]): KillPhase => ({
  step,
  status: "complete",
  services,
  prepare: (stack) => stack.orderReadyFor(step),
  act: async (stack, { id }) => [await stack.operator.command(id, step, "start")],
});

export const killPhases = {
  count: start("Count", ["router", "ingest", "campaign", "notifier"]),
  prepare: start("Prepare", ["campaign"]),
  "dry-run": start("Dry-Run", ["sender"]),
  test: start("Test", ["sender"]),
  send: start("Send", ["router", "ingest", "sender", "notifier"]),
  stop: {
    step: "Send",
    status: "interrupted",
    services: ["router", "ingest", "sender", "notifier"],
    async prepare(stack) {
      const order = await stack.orderReadyFor("Send", { account: slowAccount });
      const before = stack.server.accepted.length;
      await stack.operator.command(order.id, "Send", "start");
      await eventually("the first mail is out", () => stack.server.accepted.length > before, { withinSeconds: 30 });
      return order;
    },
    act: async (stack, { id }) => {
      const started = stack.operator.seen(id)?.steps.Send.runId ?? "";
      return [started, await stack.operator.command(id, "Send", "stop")];
    },
  },
  edit: {
    step: "Count",
    status: "complete",
    services: ["router", "ingest", "notifier"],
    prepare: (stack) => stack.orderReadyFor("Send"),
    async act(stack, order) {
      await changeSubjects(stack, order);
      return [await stack.operator.command(order.id, "Count", "start")];
    },
  },
} satisfies Readonly<Record<string, KillPhase>>;
export type KillPhaseName = keyof typeof killPhases;

/** Calls that a process makes all the time, whatever an order does. */
const polls = /ReceiveMessage|byRunState|byPendingCommand|^Redis (info|bzpopmin|ping)$/;

/** Calls without an effect: a death after one is a death before the next call. */
const reads = /(Get|Head|Query|Scan)\w* |BatchGetItem|ReceiveMessage|^Redis (mget|info|bzpopmin)$/;

/**
 * Points of the calls that were counted: of each name the first and the middle one, before and after; of a read the same,
 * before, and of a poll the first.
 */
export function pointsOf(calls: readonly string[]): FaultPoint[] {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  return [...counts].flatMap(([call, count]) => {
    const isRead = reads.test(call) || polls.test(call);
    const nths = polls.test(call) ? [1] : [1, Math.ceil(count / 2)];
    return [...new Set(nths)].flatMap((nth) =>
      (isRead ? (["before"] as const) : (["before", "after"] as const)).map((when) => ({ call, nth, when })),
    );
  });
}

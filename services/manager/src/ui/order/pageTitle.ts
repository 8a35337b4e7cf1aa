import { runningStep } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";
import { stepWord } from "../shell/statusLooks.ts";
import { currentStep } from "./chosenStep.ts";
import { counterParts, isUncounted, isUnmeasured } from "./counterParts.ts";

type Named = Pick<Order, "eventCode" | "subEvent" | "stage">;

/** `E2026 weekend reg`: the order in the title of a tab. */
function orderName({ eventCode, subEvent, stage }: Named): string {
  return `${eventCode} ${subEvent} ${stage}`;
}

/** `43 % Send · E2026 weekend reg`: tells tabs of several work orders apart and shows the progress. */
export function pageTitle(order: Named & Pick<Order, "steps">): string {
  const step = runningStep(order) ?? currentStep(order);
  const record = order.steps[step];
  const percent = percentOf(step, record);
  const state = percent === undefined ? `${stepWord(record)}: ${step}` : `${percent} % ${step}`;
  return `${state} · ${orderName(order)} · Email Manager`;
}

function percentOf(step: StepName, record: StepRecord): number | undefined {
  const { status, counters } = record;
  if (status !== "working" || !counters || isUncounted(step, record) || isUnmeasured(step, record)) return undefined;
  const open = counterParts(step, counters).find(({ name }) => name === "open")?.people ?? 0;
  return Math.floor((100 * (counters.total - open)) / counters.total);
}

import { runningStep } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";
import { type Look, lookOf, recipientLooks, stepWord } from "../shell/statusLooks.ts";
import { currentStep } from "./chosenStep.ts";
import { counterParts, isUncounted, isUnmeasured } from "./counterParts.ts";

type Named = Pick<Order, "eventCode" | "subEvent" | "stage">;

/** What the tab of a page says of the orders on it. */
export interface TabState {
  readonly title: string;
  readonly tone: Look["tone"];
}

/** `E2026 weekend reg`: the order in the title of a tab. */
function orderName({ eventCode, subEvent, stage }: Named): string {
  return `${eventCode} ${subEvent} ${stage}`;
}

/** `▶ 43 % · E2026 weekend reg`: tells tabs of several work orders apart and shows how far they are. */
export function orderTab(order: Named & Pick<Order, "steps">): TabState {
  const { words, tone } = stateOf(order);
  return { title: `${words} · ${orderName(order)} · Email Manager`, tone };
}

/** The tab of the list while Sends work: `▶ 43 % · E2026 weekend reg` for one, `▶ 3 Sends` for several; undefined for none. */
export function listTab(orders: readonly (Named & Pick<Order, "steps">)[]): TabState | undefined {
  const working = orders.filter(({ steps }) => steps.Send.status === "working");
  const [only] = working;
  if (!only) return undefined;
  if (working.length === 1) return orderTab(only);
  const { sign, tone } = lookOf("working");
  return { title: `${sign} ${count(working.length)} Sends · Work orders · Email Manager`, tone };
}

function stateOf(order: Pick<Order, "steps">): { readonly words: string; readonly tone: Look["tone"] } {
  const step = runningStep(order) ?? currentStep(order);
  const record = order.steps[step];
  const { sign, tone } = lookOf(record.status);
  const percent = percentOf(step, record);
  if (percent !== undefined) return { words: `${sign} ${percent} %`, tone };
  const { inDoubt = 0 } = order.steps.Send.counters ?? {};
  const isOver = step === "Send" && record.status !== "working" && record.status !== "ready";
  if (isOver && inDoubt > 0) return { words: `! ${count(inDoubt)} in doubt`, tone: recipientLooks["in-doubt"].tone };
  if (step === "Send" && record.status === "complete") return { words: `${sign} sent`, tone };
  return { words: `${sign} ${stepWord(record)}: ${step}`, tone };
}

function percentOf(step: StepName, record: StepRecord): number | undefined {
  const { status, counters } = record;
  if (status !== "working" || !counters || isUncounted(step, record) || isUnmeasured(step, record)) return undefined;
  const open = counterParts(step, counters).find(({ name }) => name === "open")?.people ?? 0;
  return Math.floor((100 * (counters.total - open)) / counters.total);
}

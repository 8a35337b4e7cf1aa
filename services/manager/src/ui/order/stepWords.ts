import { predecessorOf, type StepName, stepNamed } from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";
import { momentText } from "../shell/momentText.ts";

type Sending = Pick<Order, "sendContinuously" | "sendInterval" | "sendUntil">;

/** The name of a step, as the page shows it: `Send-Once` or `Send-Continuously` for a step that may sleep between passes. */
export function stepTitle(order: Sending, step: StepName): string {
  if (!stepNamed(step).sleeps) return step;
  return order.sendContinuously ? `${step}-Continuously` : `${step}-Once`;
}

/** In place of Ready: the step before, which must be complete first. Undefined where the word of the status says enough. */
export function waitingWord({ steps }: Pick<Order, "steps">, step: StepName): string | undefined {
  const before = predecessorOf(step);
  if (steps[step].status !== "ready" || !before || steps[before].status === "complete") return undefined;
  return `Waits for ${before}`;
}

/** What a step does, in a sentence or two. */
export function stepHelp(order: Sending, step: StepName): string {
  const { help, sleeps } = stepNamed(step);
  if (!sleeps || !order.sendContinuously) return help;
  const until = order.sendUntil ? ` until ${momentText(order.sendUntil, "long")}` : "";
  return `${help} Repeats every ${duration(order.sendInterval)}${until} for people who have joined since.`;
}

/** Whole seconds in words: `10 minutes`, `1 hour`, `1 hour 30 minutes`. */
export function duration(seconds: number): string {
  if (seconds < 60) return amount(Math.max(1, Math.round(seconds)), "second");
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 && amount(hours, "hour"), rest > 0 && amount(rest, "minute")].filter(Boolean).join(" ");
}

function amount(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** A text from the services, which know testers by id, with the label in place of `Tester <id>`. */
export function testerWords(text: string, labels: ReadonlyMap<string, string>): string {
  return text.replace(/\bTester ([^\s:]+)/g, (whole, id: string) => labels.get(id) ?? whole);
}

const instants = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z/g;

/** A text from the services with its instants in the viewer's time zone. */
export function localTimes(text: string): string {
  return text.replace(instants, (at) => momentText(at));
}

import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";
import { momentText } from "../shell/momentText.ts";

type Sending = Pick<Order, "sendContinuously" | "sendInterval" | "sendUntil">;

/** The name of a step, as the page shows it. */
export function stepTitle(order: Sending, step: StepName): string {
  if (step !== "Send") return step;
  return order.sendContinuously ? "Send-Continuously" : "Send-Once";
}

const help: Readonly<Record<Exclude<StepName, "Send">, string>> = {
  Count: "Finds out who would get this mailing now, per language, and why others would not. Nothing is sent.",
  Prepare: "Fetches the content of every language, checks it, and publishes it if it has no errors. Nothing is sent.",
  "Dry-Run": "Renders every mail for every recipient, so that the list can be looked at. Nothing is sent.",
  Test: "Sends every language to the testers of this work order, just as Send would.",
};

/** What a step does, in a sentence or two. */
export function stepHelp(order: Sending, step: StepName): string {
  if (step !== "Send") return help[step];
  if (!order.sendContinuously) return "Sends the mailing to everybody it concerns, and never twice to the same person.";
  const until = order.sendUntil ? ` until ${momentText(order.sendUntil, "long")}` : "";
  return `Sends the mailing to everybody it concerns, and every ${duration(order.sendInterval)}${until} to those who came since. Never twice to the same person.`;
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

const instants = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z/g;

/** A text of the services with its instants in the viewer's zone. */
export function localTimes(text: string): string {
  return text.replace(instants, (at) => momentText(at));
}

import { closesAt, isOpen, opensAt } from "@email-agent/shared/domain/delivery/windowTimes.ts";
import { isSendOver } from "@email-agent/shared/domain/lifecycle/schedule.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Right } from "../delivery/mailRun.ts";
import type { SendRun } from "./sendRun.ts";

type Windowed = Pick<WorkOrder, "sendingWindow">;

/** When the sending window of an order closes next, from now on, and opens again (epoch ms); undefined if it never closes. */
export function windowFrom({ sendingWindow }: Windowed, now: number): Right["window"] {
  const closes = sendingWindow && closesAt(sendingWindow, now);
  if (!sendingWindow || closes === undefined) return undefined;
  return { closesAt: closes, opensAt: opensAt(sendingWindow, closes) ?? Number.POSITIVE_INFINITY };
}

/**
 * Whether the sending window is closed: then no chunk is issued, and as long as there is someone to mail the pass is blocked and
 * goes to sleep. A Send whose end has come goes on, so that the rest is skipped.
 */
export function noteWindow(sendRun: SendRun): boolean {
  const { run, ports, plan, registry, retries } = sendRun;
  const now = ports.clock.now();
  const { sendingWindow } = run.order;
  const isClosed = sendingWindow !== undefined && !isSendOver(run.order, now) && !isOpen(sendingWindow, now);
  const isAnyoneLeft = !plan.complete || registry.waiting > 0 || retries.size > 0;
  if (isClosed && isAnyoneLeft) sendRun.blocked ??= "window";
  else if (sendRun.blocked === "window") delete sendRun.blocked;
  return isClosed;
}

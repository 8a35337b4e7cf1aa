import { horizonMilliseconds } from "@email-agent/shared/domain/delivery/forecastSchedule.ts";
import type { SendingWindow } from "@email-agent/shared/domain/delivery/sendingWindow.ts";
import { type OpenSpan, openSpans } from "@email-agent/shared/domain/delivery/windowTimes.ts";

/** When mails of an order may begin, as far as a forecast looks ahead; undefined if it has no sending window. */
export function spansAhead(window: SendingWindow | undefined, now: number): OpenSpan[] | undefined {
  return window && openSpans(window, now, now + horizonMilliseconds);
}

import type { User } from "@email-agent/shared/domain/configItems.ts";
import { opensAt } from "@email-agent/shared/domain/delivery/windowTimes.ts";
import { windowWords } from "@email-agent/shared/domain/delivery/windowWords.ts";
import { startTimeFault } from "@email-agent/shared/domain/lifecycle/scheduledStart.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { z } from "zod";
import type { JudgedStartTime } from "../../api/commands.ts";
import type { Manager } from "../manager.ts";
import { instantOf } from "../orders/localTime.ts";
import { orderFor } from "../orders/orderFor.ts";

export const startTimeSchema = z.strictObject({ local: z.string(), zone: z.string() });

/**
 * Which instant a start time is that a user entered, by the rules of send-until for times that do not exist or come twice, and
 * whether Send may be scheduled for it. Changes nothing. Throws AppError `not-found`.
 */
export async function judgeStartTime(
  ports: Pick<Manager, "orders" | "clock">,
  user: User,
  id: string,
  { local, zone }: z.output<typeof startTimeSchema>,
): Promise<JudgedStartTime> {
  const order = await orderFor(ports, user, id);
  const found = instantOf(local, zone);
  if ("problem" in found) return found;
  const problem = startTimeFault(order, found.instant, ports.clock.now());
  if (problem !== undefined) return { problem };
  const note = [found.note, windowNote(order, found.instant)].filter(Boolean).join(" ");
  return { startAt: found.instant, ...(note && { note }) };
}

/** A start outside the sending window plans, and sleeps until it opens. */
function windowNote({ sendingWindow }: WorkOrder, startAt: string): string | undefined {
  const at = epochMilliseconds(startAt);
  const opens = sendingWindow && opensAt(sendingWindow, at);
  if (!sendingWindow || opens === undefined || opens === at) return undefined;
  return `The sending window (${windowWords(sendingWindow)}) is closed then: the first mail leaves at ${instant(opens)}.`;
}

import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { Order } from "../../api/orders.ts";
import { isUncounted } from "../order/counterParts.ts";

/** How many people a mailing reached, of how many it is for; people who read two of its languages count in both. */
export interface OrderReach {
  readonly reached: number;
  readonly eligible: number;
  /** The step whose numbers these are. */
  readonly by: "Send" | "Dry-Run" | "Count";
  /** Recipients are still being found: `eligible` grows. */
  readonly isGrowing: boolean;
}

/** By the last Send; before it by the last Dry-Run or Count, which know who received the mailing already. */
export function orderReach({ steps }: Pick<Order, "steps">): OrderReach | undefined {
  const { Send } = steps;
  if (Send.counters && Send.status !== "ready" && !isUncounted("Send", Send)) {
    const { total, sent } = Send.counters;
    return { reached: sent, eligible: total, by: "Send", isGrowing: Send.planning === true };
  }
  for (const by of ["Dry-Run", "Count"] as const) {
    const { status, counters } = steps[by];
    if (status === "complete" && counters)
      return { reached: counters.skipped, eligible: counters.total, by, isGrowing: false };
  }
  return undefined;
}

/** `1,471 of 1,500`; `so far` while recipients are still being found. */
export function reachWords({ reached, eligible, isGrowing }: OrderReach): string {
  return `${count(reached)} of ${count(eligible)}${isGrowing ? " so far" : ""}`;
}

"use client";
import type { Order } from "../../api/orders.ts";
import { useCommands, useConnection } from "../live/useLive.ts";
import { startBlockedBy, stepCommand } from "../order/stepCommand.ts";
import { useNow } from "../order/useNow.ts";
import { useUserName } from "../orders/useOptions.ts";
import { useViewer } from "../shell/useShellFacts.ts";

/** Why Send cannot be started now; undefined if it can. */
export function useSendBlocked(order: Order): string | undefined {
  const pending = useCommands().pendingOf(order.id);
  const { role } = useViewer();
  const connection = useConnection();
  const facts = { role, connection, pending, now: useNow(), nameOf: useUserName() };
  // The step's button stops a sleeping Send; this one starts its next pass now.
  return stepCommand(order, "Send", facts).blocked ?? startBlockedBy(order, "Send", facts);
}

"use client";
import { Button, Stack, Text } from "@mantine/core";
import { useId } from "react";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import type { OrderRetry } from "../../api/recipients.ts";
import { call } from "../http.ts";
import { useCommands, useConnection } from "../live/useLive.ts";
import { useStartSend } from "../order/StartSend.tsx";
import { startBlockedBy, stepCommand } from "../order/stepCommand.ts";
import { useNow } from "../order/useNow.ts";
import { useUserName } from "../orders/useOptions.ts";
import { useSettled } from "../shell/useSettled.ts";
import { useViewer } from "../shell/useShellFacts.ts";
import { retryWords } from "./retryWords.ts";

interface RetryFailedProps {
  readonly order: Order;
  /** People the last run planned to mail and did not start. */
  readonly notBegun: number;
  /** When the ledger was counted: each count decides again who can be mailed. */
  readonly countedAt: string;
}

/** Retry: starts Send again, through the go/no-go, for people it did not reach; names those it cannot mail, and why. */
export function RetryFailed({ order, notBegun, countedAt }: RetryFailedProps) {
  const { data, error } = useSWR<OrderRetry>(
    [`/api/work-orders/${order.id}/retry`, countedAt],
    ([path]: readonly [string, string]) => call<OrderRetry>("GET", path),
    { revalidateOnFocus: false },
  );
  const startSend = useStartSend();
  const { label, blocked: notNow, explanation } = retryWords(data, notBegun, error);
  const blocked = useBlocked(order) ?? notNow;
  const reasonId = useId();
  const settled = useSettled(data && label);
  const press = () => {
    if (blocked === undefined && settled()) startSend("Send");
  };
  return (
    <Stack gap={4} align="flex-start" maw={520}>
      <Button
        variant="default"
        onClick={press}
        aria-disabled={blocked !== undefined || undefined}
        data-disabled={blocked !== undefined || undefined}
        aria-describedby={reasonId}
      >
        {label}
      </Button>
      <Text size="xs" c="dimmed" id={reasonId}>
        {[blocked, ...explanation].filter(Boolean).join(" ")}
      </Text>
    </Stack>
  );
}

/** Why Send cannot be started now; undefined if it can. */
function useBlocked(order: Order): string | undefined {
  const pending = useCommands().pendingOf(order.id);
  const { role } = useViewer();
  const connection = useConnection();
  const facts = { role, connection, pending, now: useNow(), nameOf: useUserName() };
  // The step's button stops a sleeping Send; this one starts its next pass now.
  return stepCommand(order, "Send", facts).blocked ?? startBlockedBy(order, "Send", facts);
}

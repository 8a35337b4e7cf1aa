"use client";
import { Button, Stack, Text } from "@mantine/core";
import { useId } from "react";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import type { OrderRetry } from "../../api/recipients.ts";
import { call } from "../http.ts";
import { useStartSend } from "../order/StartSend.tsx";
import { useSettled } from "../shell/useSettled.ts";
import { retryWords } from "./retryWords.ts";
import { useSendBlocked } from "./useSendBlocked.ts";

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
  const blocked = useSendBlocked(order) ?? notNow;
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

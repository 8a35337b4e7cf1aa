"use client";
import { Button, Stack, Text } from "@mantine/core";
import { useId } from "react";
import type { Order } from "../../api/orders.ts";
import { useCommands, useConnection } from "../live/useLive.ts";
import { useStartSend } from "../order/StartSend.tsx";
import { startBlockedBy, stepCommand } from "../order/stepCommand.ts";
import { useNow } from "../order/useNow.ts";
import { useUserName } from "../orders/useOptions.ts";
import { counted } from "../shell/numbers.ts";
import { useViewer } from "../shell/useShellFacts.ts";

/** Starts Send once more, by its go/no-go, for those it did not reach. `people`: failed, waiting and not begun together. */
export function RetryFailed({ order, people }: { readonly order: Order; readonly people: number }) {
  const startSend = useStartSend();
  const blocked = useBlocked(order);
  const reasonId = useId();
  const press = () => {
    if (blocked === undefined) startSend();
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
        Retry the failed
      </Button>
      <Text size="xs" c="dimmed" id={reasonId}>
        {blocked ??
          `Starts Send again for ${counted(people, "person", "people")} it did not reach, and whoever became eligible since.`}
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
  // The button of the step may stop a Send that sleeps; this one starts its next pass now.
  return stepCommand(order, "Send", facts).blocked ?? startBlockedBy(order, "Send", facts);
}

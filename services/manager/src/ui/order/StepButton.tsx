"use client";
import { mailsRecipients, type StepName } from "@email-agent/shared/domain/steps.ts";
import { Button, Text } from "@mantine/core";
import { useId } from "react";
import type { Order } from "../../api/orders.ts";
import { useCommands, useConnection } from "../live/useLive.ts";
import { useUserName } from "../orders/useOptions.ts";
import { useSettled } from "../shell/useSettled.ts";
import { useViewer } from "../shell/useShellFacts.ts";
import { useStartSend } from "./StartSend.tsx";
import styles from "./StepPanel.module.css";
import { stepCommand } from "./stepCommand.ts";
import { stepTitle } from "./stepWords.ts";
import { useNow } from "./useNow.ts";

/**
 * Start, Stop or Restart. While blocked it stays reachable by keyboard, with the reason below it. Stop needs no confirmation,
 * because it is always safe; Send is started from its go/no-go dialog.
 */
export function StepButton({ order, step }: { readonly order: Order; readonly step: StepName }) {
  const commands = useCommands();
  const { role } = useViewer();
  const connection = useConnection();
  const now = useNow();
  const nameOf = useUserName();
  const startSend = useStartSend();
  const reasonId = useId();
  const pending = commands.pendingOf(order.id);
  const { label, action, blocked } = stepCommand(order, step, { role, connection, pending, now, nameOf });

  const settled = useSettled(`${action} ${step}`);
  const press = () => {
    if (blocked !== undefined || !settled()) return;
    if (action === "stop") void commands.stop(order.id, step);
    else if (mailsRecipients(step)) startSend(step);
    else void commands.start(order.id, step);
  };
  return (
    <div className={styles.button}>
      <Button
        onClick={press}
        color={action === "stop" ? "red" : undefined}
        variant={label === "Restart" ? "default" : "filled"}
        aria-label={`${label} ${stepTitle(order, step)}`}
        aria-disabled={blocked !== undefined || undefined}
        data-disabled={blocked !== undefined || undefined}
        aria-describedby={blocked === undefined ? undefined : reasonId}
      >
        {label}
      </Button>
      {blocked !== undefined && (
        <Text size="xs" c="dimmed" id={reasonId}>
          {blocked}
        </Text>
      )}
    </div>
  );
}

import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { mayWrite, type Role } from "@email-agent/shared/domain/role.ts";
import { Button, Group, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useId, useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { GoNoGo } from "../../api/sending.ts";
import { useConnection } from "../live/useLive.ts";
import { stepTitle } from "../order/stepWords.ts";
import { useSettled } from "../shell/useSettled.ts";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./SendDialog.module.css";
import { StartTimeField } from "./StartTimeField.tsx";
import { typedNumber } from "./typedNumber.ts";
import { type StartTime, useStartTime } from "./useStartTime.ts";

interface SendFooterProps {
  readonly order: Order;
  /** Absent while they are loaded. */
  readonly facts: GoNoGo | undefined;
  /** A selection of mails is sent again at once. */
  readonly maySchedule: boolean;
  readonly onCancel: () => void;
  /** With the number of mails shown here, and the time of the start (ISO) unless it is now. */
  readonly onConfirm: (confirmRecipients: number, startAt?: string) => void;
}

/**
 * Confirms a Send. For a large one the user types the number of mails; Enter in that field starts nothing. A blocked button
 * stays focusable and says why.
 */
export function SendFooter({ order, facts, maySchedule, onCancel, onConfirm }: SendFooterProps) {
  const [typed, setTyped] = useState("");
  const reasonId = useId();
  const connection = useConnection();
  const { role } = useViewer();
  const recipients = facts?.recipients ?? 0;
  const mustType = facts?.mustConfirm ?? false;
  const isStopped = facts?.warnings.some(({ severity }) => severity === "stop") ?? true;
  const isTyped = typedNumber(typed) === recipients;
  const start = useStartTime(order.id, order.steps.Send.scheduled?.at);
  const needsNumber = mustType && !isTyped && !isStopped;
  const blocked = whyBlocked({
    facts,
    isStopped,
    role,
    connection,
    needsNumber,
    start,
  });
  const settled = useSettled(facts && `${recipients} ${start.isLater}`);
  const press = () => {
    if (blocked === undefined && settled()) onConfirm(recipients, start.isLater ? start.startAt : undefined);
  };
  return (
    <div className={styles.footer}>
      {facts && !isStopped && maySchedule && <StartTimeField start={start} />}
      {facts && mustType && !isStopped && (
        <TextInput
          label={`Type ${count(recipients)} to confirm`}
          inputMode="numeric"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          error={
            typed !== "" && !isTyped && looksDone(typed, recipients) ? `That is not ${count(recipients)}.` : undefined
          }
          className={styles.number}
        />
      )}
      <Group gap="sm" justify="flex-end" className={styles.buttons}>
        {blocked !== undefined && (
          <Text size="xs" className={styles.dimmed} id={reasonId} role="status">
            {/* Sighted users have the label of the field. */}
            {needsNumber ? <VisuallyHidden>{blocked}</VisuallyHidden> : blocked}
          </Text>
        )}
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button
          onClick={press}
          aria-disabled={blocked !== undefined || undefined}
          data-disabled={blocked !== undefined || undefined}
          aria-describedby={blocked === undefined ? undefined : reasonId}
        >
          {facts && !isStopped
            ? `${start.isLater ? "Schedule" : stepTitle(order, "Send")}: ${counted(recipients, "mail", "mails")}`
            : stepTitle(order, "Send")}
        </Button>
      </Group>
    </div>
  );
}

/** With fewer digits than the number, the user is still typing. */
function looksDone(typed: string, recipients: number): boolean {
  return typed.replace(/\D/g, "").length >= String(recipients).length;
}

function whyBlocked({
  facts,
  isStopped,
  role,
  connection,
  needsNumber,
  start,
}: {
  readonly facts: GoNoGo | undefined;
  readonly isStopped: boolean;
  readonly role: Role;
  readonly connection: ReturnType<typeof useConnection>;
  readonly needsNumber: boolean;
  readonly start: StartTime;
}): string | undefined {
  if (!facts) return "Wait until the details are loaded.";
  if (isStopped) return "Send cannot start now. The reason is at the top.";
  if (!mayWrite({ role })) return "Your role is Read Only.";
  if (connection !== "connected") return "Wait until the connection is back.";
  if (needsNumber) return "Type the number of mails first.";
  if (!start.isLater || start.startAt !== undefined) return undefined;
  if (start.date === "" || start.time === "") return "Enter the date and the time of the start first.";
  return start.fault === undefined ? "The start time is being checked. Wait a moment." : "Choose another start time.";
}

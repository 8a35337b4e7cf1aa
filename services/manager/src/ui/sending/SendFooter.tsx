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
import { typedNumber } from "./typedNumber.ts";

interface SendFooterProps {
  readonly order: Order;
  /** Absent while they are loaded. */
  readonly facts: GoNoGo | undefined;
  readonly onCancel: () => void;
  /** With the number of mails shown here. */
  readonly onConfirm: (confirmRecipients: number) => void;
}

/**
 * Confirms a Send. For a large one the user types the number of mails; Enter in that field starts nothing. A blocked button
 * stays focusable and says why.
 */
export function SendFooter({ order, facts, onCancel, onConfirm }: SendFooterProps) {
  const [typed, setTyped] = useState("");
  const reasonId = useId();
  const connection = useConnection();
  const { role } = useViewer();
  const recipients = facts?.recipients ?? 0;
  const mustType = facts?.mustConfirm ?? false;
  const isStopped = facts?.warnings.some(({ severity }) => severity === "stop") ?? true;
  const isTyped = typedNumber(typed) === recipients;
  const needsNumber = mustType && !isTyped && !isStopped;
  const blocked = whyBlocked({
    facts,
    isStopped,
    role,
    connection,
    needsNumber,
  });
  const settled = useSettled(facts && `${recipients}`);
  const press = () => {
    if (blocked === undefined && settled()) onConfirm(recipients);
  };
  return (
    <div className={styles.footer}>
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
            ? `${stepTitle(order, "Send")}: ${counted(recipients, "mail", "mails")}`
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
}: {
  readonly facts: GoNoGo | undefined;
  readonly isStopped: boolean;
  readonly role: Role;
  readonly connection: ReturnType<typeof useConnection>;
  readonly needsNumber: boolean;
}): string | undefined {
  if (!facts) return "Wait until the details are loaded.";
  if (isStopped) return "Send cannot start now. The reason is at the top.";
  if (!mayWrite({ role })) return "Your role is Read Only.";
  if (connection !== "connected") return "Wait until the connection is back.";
  return needsNumber ? "Type the number of mails first." : undefined;
}

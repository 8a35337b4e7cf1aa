"use client";
import { mailsRecipients, type StepName } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { Alert, Button, Group, Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { Moment } from "../shell/Moment.tsx";
import { useStartSend } from "./StartSend.tsx";
import { duration } from "./stepWords.ts";
import { useNow } from "./useNow.ts";

/** When a sleeping step wakes, or a scheduled one starts, and how long until then. Its message says why it sleeps. */
export function SleepNote({ order, step }: { readonly order: Order; readonly step: StepName }) {
  const now = useNow();
  const record = order.steps[step];
  if (record.status !== "sleeping" || !record.nextRunAt) return undefined;
  const seconds = (Date.parse(record.nextRunAt) - now) / 1000;
  if (record.scheduled && mailsRecipients(step))
    return <StartNote step={step} scheduled={record.scheduled} seconds={seconds} />;
  const isEnd = record.nextRunAt === order.sendUntil;
  return (
    <Alert color="violet" variant="light" title={<>Sleeping until {<Moment at={record.nextRunAt} style="long" />}</>}>
      {seconds > 0 ? `It wakes automatically in ${duration(seconds)}.` : "It is about to wake."}
      {isEnd && " Sending ends then."} Stop cancels this.
    </Alert>
  );
}

/** A start that is scheduled, with its countdown. The dialog that starts Send moves it, too. */
function StartNote({
  step,
  scheduled,
  seconds,
}: {
  readonly step: StepName;
  readonly scheduled: NonNullable<StepRecord["scheduled"]>;
  readonly seconds: number;
}) {
  const startSend = useStartSend();
  const isHeld = scheduled.heldSince !== undefined;
  return (
    <Alert color="violet" variant="light" title={<>Sends on {<Moment at={scheduled.at} style="start" />}</>}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          {seconds > 0 && `It starts automatically in ${longDuration(seconds)}. `}
          {seconds <= 0 && !isHeld && "It is about to start. "}
          Stop cancels it.
        </Text>
        <Button variant="default" size="xs" onClick={() => startSend(step)}>
          Move it, or start now …
        </Button>
      </Group>
    </Alert>
  );
}

const daySeconds = 86_400;

/** From two days on in days and hours. */
function longDuration(seconds: number): string {
  if (seconds < 2 * daySeconds) return duration(seconds);
  const days = Math.floor(seconds / daySeconds);
  const hours = Math.floor((seconds % daySeconds) / 3600);
  return `${days} days${hours > 0 ? ` ${duration(hours * 3600)}` : ""}`;
}

"use client";
import {
  mailsRecipients,
  predecessorOf,
  type StepName,
  stepNamed,
  stepNames,
} from "@email-agent/shared/domain/steps.ts";
import { Alert, Anchor, Card, Group, Stack, Text, Title } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { useCommands } from "../live/useLive.ts";
import { useTesterLabels } from "../orders/useOptions.ts";
import { RecipientButtons } from "../recipients/RecipientButtons.tsx";
import { SendingChart } from "../sending/SendingChart.tsx";
import { StatusBadge } from "../shell/StatusBadge.tsx";
import { stepWord } from "../shell/statusLooks.ts";
import { CounterBar } from "./CounterBar.tsx";
import { stepAddress } from "./chosenStep.ts";
import { Findings } from "./Findings.tsx";
import { LanguageTable } from "./LanguageTable.tsx";
import { PreparedContent } from "./PreparedContent.tsx";
import { SkipReasons } from "./SkipReasons.tsx";
import { SleepNote } from "./SleepNote.tsx";
import { StepButton } from "./StepButton.tsx";
import styles from "./StepPanel.module.css";
import { localTimes, stepHelp, stepTitle, testerWords, waitingWord } from "./stepWords.ts";

const failed = ["error", "exception"];

/** One step in full: what it does, its status, its command, its numbers and findings. */
export function StepPanel({ order, step }: { readonly order: Order; readonly step: StepName }) {
  const record = order.steps[step];
  const publishes = stepNamed(step).content === "publishes";
  const { status, message, details = [] } = record;
  const labels = useTesterLabels();
  // The note above says when a scheduled start begins; its message says more only while an edit delays it.
  const isSaid = record.scheduled !== undefined && record.scheduled.heldSince === undefined;
  const said = message && !isSaid && localTimes(testerWords(message, labels));
  const isStopping = useCommands().pendingOf(order.id)?.action === "stop" && message === "Stopping…";
  return (
    <Card withBorder p={{ base: "sm", sm: "lg" }} component="section" aria-labelledby="step-title">
      <Stack gap="md">
        <div className={styles.top}>
          <div>
            <Group gap="sm">
              <Title order={2} size="h4" id="step-title" tabIndex={-1}>
                {stepTitle(order, step)}
              </Title>
              <StatusBadge
                status={status}
                word={isStopping ? "Stopping…" : (waitingWord(order, step) ?? stepWord(record))}
              />
            </Group>
            <Text size="sm" c="dimmed" mt={4} maw={640}>
              {stepHelp(order, step)}
            </Text>
          </div>
          <StepButton order={order} step={step} />
        </div>
        <SleepNote order={order} step={step} />
        {said && failed.includes(status) && (
          <Alert
            color="red"
            variant="light"
            title={status === "error" ? "This step ended in error" : "This step broke off unexpectedly"}
          >
            <span className={styles.message}>{said}</span>
          </Alert>
        )}
        {said && !failed.includes(status) && (
          <Text size="sm" className={styles.message}>
            {said}
          </Text>
        )}
        <CounterBar step={step} record={record} />
        {Object.values(order.unsettled ?? {}).some((run) => run.step === step) && (
          <Text size="sm" role="status">
            These numbers are being recounted from the deliveries. The outcome of mails that were being sent is known
            within two minutes.
          </Text>
        )}
        {mailsRecipients(step) && <SendingChart order={order} />}
        <RecipientButtons order={order} step={step} />
        <Findings details={details} {...(publishes && { preview: `/work-orders/${order.id}/preview` })} />
        {publishes && <PreparedContent order={order} />}
        <div className={styles.tables}>
          <LanguageTable order={order} step={step} />
          <SkipReasons order={order} step={step} />
        </div>
        <NextStep order={order} step={step} />
      </Stack>
    </Card>
  );
}

/** A link from a completed step to the next. */
function NextStep({ order, step }: { readonly order: Order; readonly step: StepName }) {
  const next = stepNames.find((name) => predecessorOf(name) === step);
  if (!next || order.steps[step].status !== "complete" || order.steps[next].status !== "ready") return undefined;
  return (
    <Anchor
      href={stepAddress(next)}
      size="sm"
      onClick={(event) => {
        event.preventDefault();
        history.pushState(null, "", stepAddress(next));
        // The link disappears with its panel: focus moves to the heading of the next one.
        setTimeout(() => document.getElementById("step-title")?.focus(), 50);
      }}
    >
      Next: {stepTitle(order, next)} →
    </Anchor>
  );
}

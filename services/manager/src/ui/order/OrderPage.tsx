"use client";
import { unknownHere } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { laterSteps, mailsRecipients } from "@email-agent/shared/domain/steps.ts";
import { Alert, Anchor, Button, Card, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import type { Order } from "../../api/orders.ts";
import { useTabIcon } from "../notices/useTabIcon.ts";
import { Recipients } from "../recipients/Recipients.tsx";
import { History } from "../sending/History.tsx";
import { Reconciliation } from "../sending/Reconciliation.tsx";
import { Problem } from "../shell/Problem.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { currentStep, stepInAddress } from "./chosenStep.ts";
import { OrderHeader } from "./OrderHeader.tsx";
import { StartSend } from "./StartSend.tsx";
import { StatusAnnouncer } from "./StatusAnnouncer.tsx";
import { StepPanel } from "./StepPanel.tsx";
import { StepPath } from "./StepPath.tsx";
import { orderTab } from "./tabState.ts";
import { useOrderPage } from "./useOrderPage.ts";

/** The page of one work order: what it is, its steps as a path, and one of them in full. */
export function OrderPage({ id }: { readonly id: string }) {
  const state = useOrderPage(id);
  return (
    <Stack gap="md">
      <Anchor component={Link} href="/" size="sm">
        ← Work orders
      </Anchor>
      <ConnectionBanner />
      {state.kind === "loading" && <Loading />}
      {state.kind === "absent" && <Absent />}
      {state.kind === "failed" && (
        <Problem title="The work order could not be loaded" error={state.error} retry={state.retry} />
      )}
      {state.kind === "shown" && <Shown order={state.order} />}
    </Stack>
  );
}

function Shown({ order }: { readonly order: Order }) {
  // The current step when the page opened: a step that completes does not move its result out of sight.
  const [openedAt] = useState(() => currentStep(order));
  const chosen = stepInAddress(useSearchParams()) ?? openedAt;
  const tab = orderTab(order);
  useDocumentTitle(tab.title);
  useTabIcon(tab.tone);
  return (
    <>
      <StatusAnnouncer order={order} />
      <OrderHeader order={order} />
      {order.archived && (
        <Alert color="gray" variant="light" title="This work order is archived">
          Its steps cannot be started. Restore it first: open the archived orders at the bottom of the list of work
          orders.
        </Alert>
      )}
      {laterSteps(order.steps).length > 0 && (
        <Alert color="yellow" variant="light" title="Some steps belong to a newer version">
          {laterSteps(order.steps).join(", ")}: {unknownHere}. Their results are kept.
        </Alert>
      )}
      <StartSend order={order}>
        <StepPath order={order} chosen={chosen} />
        <StepPanel key={chosen} order={order} step={chosen} />
        {mailsRecipients(chosen) && <Reconciliation order={order} />}
        <History order={order} />
        <Recipients order={order} />
      </StartSend>
    </>
  );
}

function Loading() {
  return (
    <Stack gap="md" role="status" aria-busy="true" aria-label="Loading the work order">
      <Skeleton height={34} maw={420} />
      <Skeleton height={20} maw={640} />
      <Skeleton height={84} />
      <Skeleton height={260} />
    </Stack>
  );
}

function Absent() {
  return (
    <Card withBorder padding="xl" maw={620}>
      <Stack gap="sm" align="flex-start">
        <Title order={1} size="h3">
          Not found, or no access
        </Title>
        <Text>
          This work order does not exist, was deleted, or belongs to an event you have no access to. Check the link with
          the person who sent it, or ask an administrator for access to the event.
        </Text>
        <Button component={Link} href="/" variant="default">
          Go to the work orders
        </Button>
      </Stack>
    </Card>
  );
}

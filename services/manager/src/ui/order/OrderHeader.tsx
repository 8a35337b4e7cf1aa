"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Button, Group, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { Order } from "../../api/orders.ts";
import { useMailingNames } from "../orders/useOptions.ts";
import { useViewer } from "../shell/useShellFacts.ts";
import { OrderFacts } from "./OrderFacts.tsx";
import styles from "./OrderPage.module.css";

/** The head of an order: its mailing, what can be done with it, and its settings in short. */
export function OrderHeader({ order }: { readonly order: Order }) {
  const { eventCode, subEvent, stage, id } = order;
  const names = useMailingNames()(order);
  const isWriter = mayWrite(useViewer());
  const mayEdit = isWriter && !order.archived;
  return (
    <header>
      <div className={styles.heading}>
        <div>
          <Title order={1} size="h3">
            {eventCode} · {subEvent} · {stage}
          </Title>
          {/* A no-break space keeps the line until the names are read. */}
          <Text size="sm" c="dimmed">
            {[names.event, names.stage].filter(Boolean).join(" · ") || "\u00a0"}
          </Text>
        </div>
        <Group gap="xs">
          <Button component={Link} href={`/work-orders/${id}/preview`} variant="default" size="xs">
            Preview
          </Button>
          <Button component={Link} href={`/work-orders/${id}/edit`} variant="default" size="xs">
            {mayEdit ? "Edit" : "Settings"}
          </Button>
          {isWriter && (
            <Button component={Link} href={`/work-orders/new?copy=${id}`} prefetch={false} variant="default" size="xs">
              Duplicate …
            </Button>
          )}
        </Group>
      </div>
      <OrderFacts order={order} />
    </header>
  );
}

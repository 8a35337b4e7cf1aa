"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Badge, Button, Group, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Order } from "../../api/orders.ts";
import { useMailingNames, useUserName } from "../orders/useOptions.ts";
import { Moment } from "../shell/Moment.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./OrderPage.module.css";
import { OrderLink } from "./OrderWords.tsx";

/** The head of an order: its mailing, its settings in short, and who changed it last. */
export function OrderHeader({ order }: { readonly order: Order }) {
  const { eventCode, subEvent, stage, id } = order;
  const nameOf = useUserName();
  const names = useMailingNames()(order);
  const mayEdit = mayWrite(useViewer()) && !order.archived;
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
        </Group>
      </div>
      <dl className={styles.facts}>
        {order.revision !== undefined && <Fact name="Revision">{order.revision}</Fact>}
        <Fact name="Languages">{order.languages.join(" ")}</Fact>
        <Place order={order} />
        {order.parentOrderId !== undefined && (
          <Fact name="Content from">
            <OrderLink id={order.parentOrderId} />
          </Fact>
        )}
        <Fact name="Account">{order.account}</Fact>
        <Fact name="Testers">
          {order.testers.length > 0 ? count(order.testers.length) : "None: Test needs at least one, see Edit"}
        </Fact>
        <Fact name="Last change">
          <Moment at={order.updatedAt} /> by {nameOf(order.updatedBy)}
        </Fact>
        <Fact name="Created">
          <Moment at={order.createdAt} /> by {nameOf(order.createdBy)}
        </Fact>
      </dl>
    </header>
  );
}

/** Only confirmations of a registration say where the event takes place; other mails of a virtual event have no Zoom id. */
function Place({ order }: { readonly order: Order }) {
  if (order.inPerson)
    return (
      <Fact name="Type">
        <Badge variant="outline" color="grape" tt="none" radius="sm" className={styles.place}>
          In-Person
        </Badge>
      </Fact>
    );
  return order.zoomId === undefined ? undefined : <Fact name="Zoom ID">{order.zoomId}</Fact>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </div>
  );
}

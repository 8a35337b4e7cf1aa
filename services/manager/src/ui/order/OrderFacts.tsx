"use client";
import { windowWords } from "@email-agent/shared/domain/delivery/windowWords.ts";
import { isParentOf } from "@email-agent/shared/domain/parentOrder.ts";
import { Badge, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Order } from "../../api/orders.ts";
import { useOrders } from "../live/useLive.ts";
import { useOptions, useTesterLabels, useUserName } from "../orders/useOptions.ts";
import { Moment } from "../shell/Moment.tsx";
import styles from "./OrderPage.module.css";
import { OrderLink } from "./OrderWords.tsx";
import { duration } from "./stepWords.ts";

/** The settings of an order in short: its subjects, whom Test mails, until when it sends, whose content it takes. */
export function OrderFacts({ order }: { readonly order: Order }) {
  const nameOf = useUserName();
  return (
    <dl className={styles.facts}>
      <Subjects order={order} />
      {order.revision !== undefined && <Fact name="Revision">{order.revision}</Fact>}
      <Place order={order} />
      <Relatives order={order} />
      <Fact name="Account">{order.account}</Fact>
      <Fact name="Testers">
        <Testers order={order} />
      </Fact>
      <Until order={order} />
      <Window order={order} />
      <Fact name="Last change">
        <Moment at={order.updatedAt} /> by {nameOf(order.updatedBy)}
      </Fact>
      <Fact name="Created">
        <Moment at={order.createdAt} /> by {nameOf(order.createdBy)}
      </Fact>
    </dl>
  );
}

/** A line for each language, in the order of processing. */
function Subjects({ order: { languages, subjects } }: { readonly order: Order }) {
  return (
    <Fact name={languages.length === 1 ? "Subject" : "Subjects"} isWide>
      {languages.map((code) => (
        <span key={code} className={styles.subject}>
          <span className={styles.code}>{code}</span>
          {subjects[code] ? <bdi>{subjects[code]}</bdi> : <i>No subject yet</i>}
        </span>
      ))}
    </Fact>
  );
}

function Testers({ order: { testers } }: { readonly order: Order }) {
  const labels = useTesterLabels();
  if (testers.length === 0) return "None: Test needs at least one, see Edit";
  return testers.map((id, place) => (
    <span key={id}>
      {place > 0 && ", "}
      <bdi>{labels.get(id) ?? id}</bdi>
    </span>
  ));
}

/** The end of continuous sending, in the viewer's zone, which is named; and the pause between its passes. */
function Until({ order: { sendContinuously, sendUntil, sendInterval } }: { readonly order: Order }) {
  if (!sendContinuously || sendUntil === undefined) return undefined;
  return (
    <Fact name="Sends until">
      <Moment at={sendUntil} style="long" />, again every {duration(sendInterval)}
    </Fact>
  );
}

/** The days and hours in which its mails are sent. */
function Window({ order: { sendingWindow } }: { readonly order: Order }) {
  return sendingWindow && <Fact name="Sending window">{windowWords(sendingWindow)}</Fact>;
}

/** The order whose content this one takes, and those that take the content of this one. */
function Relatives({ order }: { readonly order: Order }) {
  const { orders } = useOrders();
  const { options } = useOptions();
  const parentsOf = (stage: string) => options?.stages.find(({ name }) => name === stage)?.parentStages ?? [];
  const children = orders.filter(
    (one) => one.parentOrderId === order.id && isParentOf(order, one, parentsOf(one.stage)),
  );
  return (
    <>
      {order.parentOrderId !== undefined && (
        <Fact name="Content from">
          <OrderLink id={order.parentOrderId} />
        </Fact>
      )}
      {children.length > 0 && (
        <Fact name="Content for">
          {children.map(({ id }, place) => (
            <span key={id}>
              {place > 0 && ", "}
              <OrderLink id={id} />
            </span>
          ))}
        </Fact>
      )}
    </>
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

function Fact({
  name,
  isWide = false,
  children,
}: {
  readonly name: string;
  /** It takes a line of its own. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.fact} data-wide={isWide}>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </div>
  );
}

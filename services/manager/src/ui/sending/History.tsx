"use client";
import { Card, Collapse, Skeleton, Text, Title, UnstyledButton } from "@mantine/core";
import { memo, useId, useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { HistoryLine } from "../../api/sending.ts";
import { OrderWords } from "../order/OrderWords.tsx";
import { localTimes } from "../order/stepWords.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import styles from "./History.module.css";
import tones from "./tones.module.css";
import { happenedTo, useHistory } from "./useHistory.ts";

/** The audit of an order: what users did, and how runs ended, newest first. It is loaded when it is opened. */
export const History = memo(HistoryCard, (before, after) => happenedTo(before.order) === happenedTo(after.order));

function HistoryCard({ order }: { readonly order: Order }) {
  const [isOpen, setIsOpen] = useState(false);
  const listId = useId();
  return (
    <Card withBorder p={{ base: "sm", sm: "lg" }} component="section" aria-label="History" className={tones.tones}>
      <Title order={2} size="h5">
        <UnstyledButton
          className={styles.toggle}
          aria-expanded={isOpen}
          aria-controls={listId}
          onClick={() => setIsOpen(!isOpen)}
        >
          <span className={styles.sign} data-open={isOpen || undefined} aria-hidden="true" />
          History
        </UnstyledButton>
      </Title>
      <Collapse expanded={isOpen} id={listId}>
        {isOpen && <Lines order={order} />}
      </Collapse>
    </Card>
  );
}

function Lines({ order }: { readonly order: Order }) {
  const { lines, phase, error, retry, older } = useHistory(order);
  if (phase === "failed") return <Problem title="The history could not be loaded" error={error} retry={retry} />;
  if (phase === "loading") return <Skeleton height={120} mt="sm" role="status" aria-label="Loading the history" />;
  return (
    <>
      {lines.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          Nothing has happened yet.
        </Text>
      )}
      <ol className={styles.lines} aria-label="History, newest first">
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ol>
      {older && (
        <BusyButton variant="default" size="xs" mt="sm" busy={older.isLoading} onClick={older.load}>
          Load older
        </BusyButton>
      )}
    </>
  );
}

const signs: Readonly<Record<HistoryLine["kind"], string>> = { command: "▶", end: "■", edit: "✎" };

function Line({ line: { at, by, kind, what, details } }: { readonly line: HistoryLine }) {
  return (
    <li className={styles.line}>
      <span className={styles.kind} aria-hidden="true">
        {signs[kind]}
      </span>
      <div className={styles.text}>
        <span>
          <OrderWords text={localTimes(what)} />
        </span>
        {by && <span className={styles.dimmed}> by {by}</span>}
        {details.map((detail) => (
          <div key={detail} className={styles.dimmed}>
            {localTimes(detail)}
          </div>
        ))}
      </div>
      <span className={styles.time}>
        <Moment at={at} />
      </span>
    </li>
  );
}

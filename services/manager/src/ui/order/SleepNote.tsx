"use client";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { Alert } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { Moment } from "../shell/Moment.tsx";
import { duration } from "./stepWords.ts";
import { useNow } from "./useNow.ts";

/** When a sleeping step wakes, and how long until then. Its message says why it sleeps. */
export function SleepNote({ order, record }: { readonly order: Order; readonly record: StepRecord }) {
  const now = useNow();
  if (record.status !== "sleeping" || !record.nextRunAt) return undefined;
  const seconds = (Date.parse(record.nextRunAt) - now) / 1000;
  const isEnd = record.nextRunAt === order.sendUntil;
  return (
    <Alert color="violet" variant="light" title={<>Sleeping until {<Moment at={record.nextRunAt} style="long" />}</>}>
      {seconds > 0 ? `It wakes automatically in ${duration(seconds)}.` : "It is about to wake."}
      {isEnd && " Sending ends then."} Stop cancels this.
    </Alert>
  );
}

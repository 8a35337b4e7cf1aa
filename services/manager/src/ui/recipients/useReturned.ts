"use client";
import useSWR from "swr";
import type { Order } from "../../api/orders.ts";
import type { OrderReturned } from "../../api/recipients.ts";
import { call } from "../http.ts";
import { hasList } from "./recipientWords.ts";

const againMilliseconds = 60_000;

/** What came back of a mailing, per language; undefined before its first mail and while it is read. Mails come back for days. */
export function useReturned(order: Order, mailing?: string): OrderReturned["languages"] | undefined {
  const query = mailing === undefined ? "" : `?mailing=${mailing}`;
  const path = hasList(order, "send", mailing) ? `/api/work-orders/${order.id}/returned${query}` : null;
  const read = (key: string) => call<OrderReturned>("GET", key);
  return useSWR<OrderReturned, Error>(path, read, { refreshInterval: againMilliseconds }).data?.languages;
}

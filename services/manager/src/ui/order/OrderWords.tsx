"use client";
import { Anchor } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import { useOrders } from "../live/useLive.ts";

const orderId = /wo-[0-9A-HJKMNP-TV-Z]{26}/;

/** A sentence from the server, with the id of a work order replaced by a link with that order's name. */
export function OrderWords({ text }: { readonly text: string }): ReactNode {
  const found = orderId.exec(text);
  if (!found) return text;
  const [id] = found;
  return (
    <>
      {text.slice(0, found.index)}
      <OrderLink id={id} />
      <OrderWords text={text.slice(found.index + id.length)} />
    </>
  );
}

/** A link to a work order by event, sub-event and stage; by its id before the list is read, or without access. */
export function OrderLink({ id }: { readonly id: string }) {
  const order = useOrders().orders.find((one) => one.id === id);
  return (
    <Anchor component={Link} href={`/work-orders/${id}`} inherit underline="always">
      {order ? `${order.eventCode} · ${order.subEvent} · ${order.stage}` : id}
    </Anchor>
  );
}

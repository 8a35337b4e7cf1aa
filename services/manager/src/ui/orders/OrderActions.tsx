"use client";
import { ActionIcon, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import Link from "next/link";
import { useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { call } from "../http.ts";
import { useLive } from "../live/useLive.ts";
import { useViewer } from "../shell/useShellFacts.ts";
import { DeleteDialog } from "./DeleteDialog.tsx";

/** Edit, archive or restore, delete: what can be done with an order from the list. */
export function OrderActions({ order }: { readonly order: Order }) {
  const viewer = useViewer();
  const { apply } = useLive();
  const [deleting, setDeleting] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const name = `${order.eventCode} ${order.subEvent} ${order.stage}`;
  const readOnly = viewer.role !== "write";

  const archive = async () => {
    try {
      apply(await call<Order>(order.archived ? "DELETE" : "POST", `/api/work-orders/${order.id}/archive`));
      notifications.show({ message: `${name} was ${order.archived ? "restored" : "archived"}.` });
    } catch (error) {
      notifications.show({ color: "red", title: `${name} stays where it is`, message: (error as Error).message });
    }
  };
  const close = () => {
    setDeleting(false);
    button.current?.focus();
  };
  return (
    <>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <ActionIcon ref={button} variant="subtle" color="gray" aria-label={`Actions for ${name}`}>
            <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
              <path d="M3 7a1.3 1.3 0 1 1 0 2.6A1.3 1.3 0 0 1 3 7Zm5 0a1.3 1.3 0 1 1 0 2.6A1.3 1.3 0 0 1 8 7Zm5 0a1.3 1.3 0 1 1 0 2.6A1.3 1.3 0 0 1 13 7Z" />
            </svg>
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {readOnly && <Menu.Label>Read Only: you may look, not change</Menu.Label>}
          {!order.archived && (
            <Menu.Item component={Link} href={`/work-orders/${order.id}/edit`} disabled={readOnly}>
              Edit
            </Menu.Item>
          )}
          <Menu.Item onClick={() => void archive()} disabled={readOnly}>
            {order.archived ? "Restore" : "Archive"}
          </Menu.Item>
          <Menu.Item color="red" onClick={() => setDeleting(true)} disabled={readOnly}>
            Delete …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {deleting && <DeleteDialog order={order} name={name} onClose={close} />}
    </>
  );
}

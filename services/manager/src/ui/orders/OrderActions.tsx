"use client";
import { busyStep } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { ActionIcon } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import Link from "next/link";
import { type ReactNode, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { call } from "../http.ts";
import { useLive } from "../live/useLive.ts";
import { later } from "../shell/later.tsx";
import { menuItem, PopupMenu } from "../shell/PopupMenu.tsx";
import { useViewer } from "../shell/useShellFacts.ts";

const DeleteDialog = later(() => import("./DeleteDialog.tsx").then((module) => module.DeleteDialog));

/** Actions on an order in the list: edit, duplicate, archive or restore, delete. */
export function OrderActions({ order }: { readonly order: Order }) {
  const viewer = useViewer();
  const { apply } = useLive();
  const [deleting, setDeleting] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const name = `${order.eventCode} ${order.subEvent} ${order.stage}`;
  const readOnly = !mayWrite(viewer);
  const keeps = whyKept(order);

  const archive = async () => {
    try {
      apply(await call<Order>(order.archived ? "DELETE" : "POST", `/api/work-orders/${order.id}/archive`));
      notifications.show({ message: `${name} was ${order.archived ? "restored" : "archived"}.` });
    } catch (error) {
      notifications.show({
        color: "red",
        title: `${name} could not be ${order.archived ? "restored" : "archived"}`,
        message: (error as Error).message,
      });
    }
  };
  const close = () => {
    setDeleting(false);
    button.current?.focus();
  };
  return (
    <>
      <PopupMenu
        label={`Actions for ${name}`}
        note={readOnly && "Read Only: you cannot change anything"}
        buttonRef={button}
        button={(props) => (
          <ActionIcon {...props} variant="subtle" color="gray" aria-label={`Actions for ${name}`}>
            <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
              <path d="M3 7a1.3 1.3 0 1 1 0 2.6A1.3 1.3 0 0 1 3 7Zm5 0a1.3 1.3 0 1 1 0 2.6A1.3 1.3 0 0 1 8 7Zm5 0a1.3 1.3 0 1 1 0 2.6A1.3 1.3 0 0 1 13 7Z" />
            </svg>
          </ActionIcon>
        )}
      >
        {() => (
          <>
            {!order.archived && (
              <LinkItem href={`/work-orders/${order.id}/edit`} isDisabled={readOnly}>
                Edit
              </LinkItem>
            )}
            <LinkItem href={`/work-orders/new?copy=${order.id}`} isDisabled={readOnly}>
              Duplicate …
            </LinkItem>
            <ActionItem isDisabled={readOnly} onChoose={() => void archive()}>
              {order.archived ? "Restore" : "Archive"}
            </ActionItem>
            <ActionItem isDisabled={readOnly || keeps !== undefined} onChoose={() => setDeleting(true)} tone="danger">
              {keeps === undefined ? "Delete …" : `Delete: ${keeps}`}
            </ActionItem>
          </>
        )}
      </PopupMenu>
      {deleting && <DeleteDialog order={order} name={name} onClose={close} />}
    </>
  );
}

/** Why the server would refuse to delete the order, as far as the list knows; the server checks the ledger. */
function whyKept(order: Order): string | undefined {
  const busy = busyStep(order);
  if (busy) return `stop ${busy.name} first`;
  const { sent = 0, failed = 0, inDoubt = 0 } = order.steps.Send.counters ?? {};
  const hasSent = sent + failed + inDoubt > 0 || (order.mailingKeys ?? []).length > 0;
  return hasSent ? "its Send was started" : undefined;
}

function LinkItem({
  href,
  isDisabled,
  children,
}: {
  readonly href: string;
  readonly isDisabled: boolean;
  readonly children: ReactNode;
}) {
  if (isDisabled) return <ActionItem isDisabled>{children}</ActionItem>;
  return (
    <Link {...menuItem} href={href} prefetch={false}>
      {children}
    </Link>
  );
}

/** A disabled item stays in the menu, with its reason. */
function ActionItem({
  isDisabled,
  onChoose,
  tone,
  children,
}: {
  readonly isDisabled: boolean;
  readonly onChoose?: () => void;
  readonly tone?: "danger";
  readonly children: ReactNode;
}) {
  return (
    <button
      type="button"
      {...menuItem}
      aria-disabled={isDisabled || undefined}
      data-tone={tone}
      onClick={isDisabled ? undefined : onChoose}
    >
      {children}
    </button>
  );
}

"use client";
import { Modal } from "@mantine/core";
import { useMediaQuery, useMounted } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { RecipientRow } from "../../api/recipients.ts";
import { MailingNames } from "../shell/MailingNames.tsx";
import type { ShownList } from "./listAddress.ts";
import { RecipientList } from "./RecipientList.tsx";
import { listTitles } from "./recipientWords.ts";

interface Props {
  readonly order: Order;
  /** Absent while it is closed. */
  readonly shown: ShownList | undefined;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The recipients window: a modal over the page of an order with its lists of recipients. */
export function RecipientsWindow({ order, shown, opened, onClose }: Props) {
  const isPhone = useMediaQuery("(max-width: 48em)");
  // A modal that is open on its first render does not know which element to return the focus to.
  const isThere = useMounted();
  const [resolving, setResolving] = useState<RecipientRow>();
  // Back closes the window and the dialog over it.
  useEffect(() => {
    if (!opened) setResolving(undefined);
  }, [opened]);
  return (
    <Modal
      opened={opened && isThere}
      onClose={onClose}
      title={
        shown && (
          <>
            {listTitles[shown.list]} · {order.eventCode} · {order.subEvent} · {order.stage}
            <MailingNames order={order} />
          </>
        )
      }
      size="min(84rem, 96vw)"
      fullScreen={isPhone === true}
      yOffset="3dvh"
      // Escape closes the dialog over this window first.
      closeOnEscape={resolving === undefined}
      closeButtonProps={{ "aria-label": "Close the recipients" }}
    >
      {shown && <RecipientList order={order} shown={shown} resolving={resolving} setResolving={setResolving} />}
    </Modal>
  );
}

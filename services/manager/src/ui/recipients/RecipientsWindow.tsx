"use client";
import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useSearchParams } from "next/navigation";
import { Suspense, useEffect, useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { RecipientRow } from "../../api/recipients.ts";
import { closeList, listInAddress } from "./listAddress.ts";
import { RecipientList } from "./RecipientList.tsx";
import { listTitles } from "./recipientWords.ts";

/** The window over the order page that shows its lists of recipients. What it shows stands in the address. */
export function RecipientsWindow({ order }: { readonly order: Order }) {
  return (
    <Suspense>
      <OpenWindow order={order} />
    </Suspense>
  );
}

function OpenWindow({ order }: { readonly order: Order }) {
  const shown = listInAddress(useSearchParams(), order.languages);
  const isPhone = useMediaQuery("(max-width: 48em)");
  const [resolving, setResolving] = useState<RecipientRow>();
  const isOpen = shown !== undefined;
  // Back closes the window with whatever stands over it.
  useEffect(() => {
    if (!isOpen) setResolving(undefined);
  }, [isOpen]);
  return (
    <Modal
      opened={isOpen}
      onClose={closeList}
      title={shown && `${listTitles[shown.list]} · ${order.eventCode} ${order.subEvent} ${order.stage}`}
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

"use client";
import { useSearchParams } from "next/navigation";
import { Suspense, useEffect, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { later } from "../shell/later.tsx";
import { closeList, listInAddress } from "./listAddress.ts";

const RecipientsWindow = later(() => import("./RecipientsWindow.tsx").then((module) => module.RecipientsWindow));

/** Opens the recipients window over the page of an order while the address names a list. */
export function Recipients({ order }: { readonly order: Order }) {
  return (
    <Suspense>
      <InAddress order={order} />
    </Suspense>
  );
}

function InAddress({ order }: { readonly order: Order }) {
  const shown = listInAddress(useSearchParams(), order);
  const opened = shown !== undefined;
  const [wasOpened, setOpened] = useState(opened);
  useEffect(() => {
    if (opened) setOpened(true);
  }, [opened]);
  return wasOpened && <RecipientsWindow order={order} shown={shown} opened={opened} onClose={closeList} />;
}

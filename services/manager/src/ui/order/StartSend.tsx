"use client";
import { createContext, type ReactNode, useContext, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { useCommands } from "../live/useLive.ts";
import { later } from "../shell/later.tsx";

const SendDialog = later(() => import("../sending/SendDialog.tsx").then((module) => module.SendDialog));

const StartSendContext = createContext<(() => void) | undefined>(undefined);

/** Opens the go/no-go dialog of the order: every start of Send goes through it. Throws outside an order page. */
export function useStartSend(): () => void {
  const open = useContext(StartSendContext);
  if (!open) throw new Error("useStartSend is for the page of a work order.");
  return open;
}

/** Lets everything inside start Send through the go/no-go dialog. */
export function StartSend({ order, children }: { readonly order: Order; readonly children: ReactNode }) {
  const { start } = useCommands();
  const [isOpen, setOpen] = useState(false);
  const [wasOpen, setWasOpen] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const open = (why?: string) => {
    setRefusal(why);
    setWasOpen(true);
    setOpen(true);
  };
  const confirm = async (confirmRecipients: number) => {
    const failure = await start(order.id, "Send", { confirmRecipients });
    // The number of recipients has changed meanwhile: show the dialog again, with the new one.
    if (failure?.details["recipients"] !== undefined) open(failure.message);
  };
  return (
    <StartSendContext value={() => open()}>
      {children}
      {wasOpen && (
        <SendDialog
          order={order}
          opened={isOpen}
          refusal={refusal}
          onClose={() => setOpen(false)}
          onConfirm={(recipients) => void confirm(recipients)}
        />
      )}
    </StartSendContext>
  );
}

"use client";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { createContext, type ReactNode, useContext, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { useCommands } from "../live/useLive.ts";
import { later } from "../shell/later.tsx";

const SendDialog = later(() => import("../sending/SendDialog.tsx").then((module) => module.SendDialog));

const StartSendContext = createContext<((step: StepName) => void) | undefined>(undefined);

/**
 * Opens the go/no-go dialog of the order: every start of a step that mails its recipients goes through it. Throws outside an
 * order page.
 */
export function useStartSend(): (step: StepName) => void {
  const open = useContext(StartSendContext);
  if (!open) throw new Error("useStartSend is for the page of a work order.");
  return open;
}

/** Lets everything inside start Send through the go/no-go dialog. */
export function StartSend({ order, children }: { readonly order: Order; readonly children: ReactNode }) {
  const { start, schedule } = useCommands();
  const [isOpen, setOpen] = useState(false);
  /** The step asked for; undefined before the dialog was first opened. */
  const [asked, setAsked] = useState<StepName>();
  const [refusal, setRefusal] = useState<string>();
  const open = (step: StepName, why?: string) => {
    setRefusal(why);
    setAsked(step);
    setOpen(true);
  };
  const confirm = async (step: StepName, confirmRecipients: number, startAt: string | undefined) => {
    const failure = await (startAt === undefined
      ? start(order.id, step, { confirmRecipients })
      : schedule(order.id, step, { confirmRecipients, startAt }));
    // The number of recipients has changed meanwhile: show the dialog again, with the new one.
    if (failure?.details["recipients"] !== undefined) open(step, failure.message);
  };
  return (
    <StartSendContext value={(step) => open(step)}>
      {children}
      {asked && (
        <SendDialog
          order={order}
          opened={isOpen}
          refusal={refusal}
          onClose={() => setOpen(false)}
          onConfirm={(recipients, startAt) => void confirm(asked, recipients, startAt)}
        />
      )}
    </StartSendContext>
  );
}

"use client";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { createContext, type ReactNode, useContext, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { useCommands } from "../live/useLive.ts";
import { later } from "../shell/later.tsx";

const SendDialog = later(() => import("../sending/SendDialog.tsx").then((module) => module.SendDialog));

/** `selection`: only its mails are sent again. */
type StartSendOf = (step: StepName, selection?: string) => void;

const StartSendContext = createContext<StartSendOf | undefined>(undefined);

/**
 * Opens the go/no-go dialog of the order: every start of a step that mails its recipients goes through it. Throws outside an
 * order page.
 */
export function useStartSend(): StartSendOf {
  const open = useContext(StartSendContext);
  if (!open) throw new Error("useStartSend is for the page of a work order.");
  return open;
}

/** Lets everything inside start Send through the go/no-go dialog. */
export function StartSend({ order, children }: { readonly order: Order; readonly children: ReactNode }) {
  const { start, schedule, retry } = useCommands();
  const [isOpen, setOpen] = useState(false);
  /** The step asked for; undefined before the dialog was first opened. */
  const [asked, setAsked] = useState<StepName>();
  const [selection, setSelection] = useState<string>();
  const [refusal, setRefusal] = useState<string>();
  const open = (step: StepName, of: string | undefined, why?: string) => {
    setRefusal(why);
    setAsked(step);
    setSelection(of);
    setOpen(true);
  };
  const give = (step: StepName, confirmRecipients: number, startAt: string | undefined) => {
    if (selection !== undefined) return retry(order.id, selection, confirmRecipients);
    return startAt === undefined
      ? start(order.id, step, { confirmRecipients })
      : schedule(order.id, step, { confirmRecipients, startAt });
  };
  const confirm = async (step: StepName, confirmRecipients: number, startAt: string | undefined) => {
    const failure = await give(step, confirmRecipients, startAt);
    // The number of recipients has changed meanwhile: show the dialog again, with the new one.
    if (failure?.details["recipients"] !== undefined) open(step, selection, failure.message);
  };
  return (
    <StartSendContext value={(step, of) => open(step, of)}>
      {children}
      {asked && (
        <SendDialog
          order={order}
          selection={selection}
          opened={isOpen}
          refusal={refusal}
          onClose={() => setOpen(false)}
          onConfirm={(recipients, startAt) => void confirm(asked, recipients, startAt)}
        />
      )}
    </StartSendContext>
  );
}

"use client";
import { useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { SelectionBody, SelectionMade } from "../../api/recipients.ts";
import { call } from "../http.ts";
import { useStartSend } from "../order/StartSend.tsx";
import { useSendBlocked } from "./useSendBlocked.ts";

/** Keeps a selection of failed mails, then opens the go/no-go for it. `blocked`: why Send cannot be started now. */
export function useRetry(order: Order) {
  const startSend = useStartSend();
  const blocked = useSendBlocked(order);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const retry = async (body: SelectionBody) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { selection } = await call<SelectionMade>("POST", `/api/work-orders/${order.id}/selections`, body);
      startSend("Send", selection);
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return { retry, busy, problem, blocked };
}

"use client";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { Order, Resets } from "../../api/orders.ts";
import { call, RequestFailed } from "../http.ts";
import { useLive } from "../live/useLive.ts";
import type { EditLeaseHook } from "./useEditLease.ts";
import type { LeaveGuard } from "./useLeaveGuard.ts";
import { focusField, type OrderFormState } from "./useOrderForm.ts";

interface Parts {
  readonly order: Order;
  readonly form: OrderFormState;
  readonly lease: EditLeaseHook;
  readonly guard: LeaveGuard;
}

/** A page that was suspended renews before it saves; a lease in use is renewed each minute and never gets this close to its end. */
const renewBelowMilliseconds = 5 * 60_000;

/** Saves an order: judges it, asks about the steps it resets, then writes under the lease. */
export function useSave({ order, form, lease, guard }: Parts) {
  const { apply } = useLive();
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [resets, setResets] = useState<Resets>();

  const refuse = (fields: Readonly<Record<string, string>>) => {
    form.showAll();
    form.judged.refuse(fields);
    focusField(Object.keys(fields)[0] ?? "");
  };
  const write = async (confirmReset: boolean) => {
    if (lease.state.phase !== "held") return;
    const { token: leaseToken, expiresAt } = lease.state.lease;
    if (Date.parse(expiresAt) - Date.now() < renewBelowMilliseconds) await lease.renew();
    lease.saving(true);
    try {
      const body = { leaseToken, fields: form.fields, confirmReset };
      const saved = await call<Order>("PATCH", `/api/work-orders/${order.id}`, body);
      lease.forget();
      apply(saved);
    } finally {
      lease.saving(false);
    }
    notifications.show({ message: "The work order was saved." });
    guard.done(`/work-orders/${order.id}`);
  };
  const attempt = async (work: () => Promise<void>) => {
    setSaving(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setSaving(false);
      setResets(undefined);
      const { reason, resets: asked } = error instanceof RequestFailed ? error.details : {};
      if (reason === "resets") setResets(asked as Resets);
      else if (error instanceof RequestFailed && Object.keys(error.fields).length > 0) refuse(error.fields);
      else {
        setProblem(error);
        // The lease may be lost: the renewal shows whether it is, and what can be done.
        if (reason === "lease-lost" || reason === "working") await lease.renew();
      }
    }
  };
  return {
    isSaving,
    problem,
    resets,
    begin: () =>
      attempt(async () => {
        const check = await form.judged.checkNow();
        if (Object.keys(check.fields).length > 0) {
          setSaving(false);
          refuse(check.fields);
        } else if (check.resets && check.resets.steps.length > 0) {
          setSaving(false);
          setResets(check.resets);
        } else await write(false);
      }),
    confirm: () => attempt(() => write(resets?.needsConfirmation ?? false)),
    cancel: () => setResets(undefined),
  };
}

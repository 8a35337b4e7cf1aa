"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { useEffect } from "react";
import type { Order } from "../../api/orders.ts";
import { useOrder, useOrders } from "../live/useLive.ts";
import { useOptions } from "../orders/useOptions.ts";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { EditOrderForm } from "./EditOrderForm.tsx";
import { FormSkeleton } from "./NewOrder.tsx";
import { type EditLeaseHook, isContested, useEditLease } from "./useEditLease.ts";

/** The page that edits a work order: it opens with the edit lease, or read-only with the reason. */
export function EditOrder({ id }: { readonly id: string }) {
  const viewer = useViewer();
  const { options, error } = useOptions();
  const live = useOrder(id);
  const { phase, problem } = useOrders();
  const lease = useEditLease(id, mayWrite(viewer));
  useWatchedLease(lease, live, phase === "ready" && !live);

  const { state } = lease;
  const canWrite = mayWrite(viewer);
  const order = state.phase === "held" ? state.lease.order : live;
  if (canWrite && state.phase === "taking") return <FormSkeleton />;
  const isGone = state.phase === "refused" && state.refusal.reason === "not-found";
  if (isGone || (phase === "ready" && !order))
    return (
      <Problem error="There is no such work order, or it belongs to an event you have no access to." title="Not here" />
    );
  if (error && !options) return <Problem error={error} title="The form cannot be opened" />;
  if (phase === "failed" && !order)
    return <Problem error={problem ?? "The work order cannot be read."} title="The form cannot be opened" />;
  if (!options || !order) return <FormSkeleton />;
  return <EditOrderForm first={order} live={live} options={options} lease={lease} canWrite={canWrite} />;
}

/** What others do to the order is seen at once: a take-over, a deletion and a working step end the editing here. */
function useWatchedLease({ state, renew }: EditLeaseHook, live: Order | undefined, isDeleted: boolean): void {
  const isLost = state.phase === "held" && (isDeleted || isContested(state.lease, live));
  const isWorking = state.phase === "held" && live?.runLease !== undefined;
  useEffect(() => {
    if (isLost || isWorking) void renew();
  }, [isLost, isWorking, renew]);
}

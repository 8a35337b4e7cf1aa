"use client";
import { fieldTitle } from "@email-agent/shared/domain/form/orderFields.ts";
import { fieldsOf } from "@email-agent/shared/domain/form/orderForm.ts";
import { Alert } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Options, Order } from "../../api/orders.ts";
import { FormFrame } from "./FormFrame.tsx";
import { valuesOf } from "./formValues.ts";
import { LeaseNotice } from "./LeaseNotice.tsx";
import { ResetDialog } from "./ResetDialog.tsx";
import type { EditLeaseHook } from "./useEditLease.ts";
import { useLeaveGuard } from "./useLeaveGuard.ts";
import { useOrderForm } from "./useOrderForm.ts";
import { useSave } from "./useSave.ts";

interface Props {
  /** The order when the form was opened. */
  readonly first: Order;
  /** The order as it is now. */
  readonly live: Order | undefined;
  readonly options: Options;
  readonly lease: EditLeaseHook;
  readonly canWrite: boolean;
}

/** The form of an order that exists. */
export function EditOrderForm({ first, live, options, lease, canWrite }: Props) {
  const order = live ?? first;
  const { state } = lease;
  const isReadOnly = state.phase !== "held";
  const form = useOrderForm({ id: order.id, base: valuesOf(fieldsOf(first)), isEditable: !isReadOnly });
  const guard = useLeaveGuard(form.isDirty && canWrite);
  const save = useSave({ order, form, lease, guard });
  const conflicts = useFollowedOrder(form, lease, order);
  const working = order.runLease?.step;
  const isScheduled = order.steps.Send.scheduled !== undefined;
  useKeptFocus(isReadOnly);

  return (
    <>
      <FormFrame
        title={`Edit ${order.eventCode} ${order.subEvent} ${order.stage}`}
        options={options}
        form={form}
        guard={guard}
        ownId={order.id}
        isReadOnly={isReadOnly}
        isAsleep={order.steps.Send.status === "sleeping"}
        saveLabel="Save"
        isSaving={save.isSaving}
        closeHref={`/work-orders/${order.id}`}
        problem={save.problem}
        onSave={() => void save.begin()}
        notices={
          <>
            <LeaseNotice
              lease={lease}
              canWrite={canWrite}
              working={working}
              isFree={order.editLease === undefined}
              isDirty={form.isDirty}
            />
            {!isReadOnly && order.steps.Send.status === "sleeping" && (
              <Alert variant="light" color="blue" title={isScheduled ? "Send is scheduled" : "Send sleeps"}>
                Only testers and the times of sending can change now.{" "}
                {!isScheduled && "If you end or shorten the pause, Send continues at once. "}
                To change anything else, stop Send.
              </Alert>
            )}
            {conflicts.length > 0 && (
              <Alert variant="light" color="yellow" title="Someone else changed this meanwhile" role="alert">
                {conflicts.map(fieldTitle).join(", ")}: what you typed is kept here, and saving it replaces their
                change.
              </Alert>
            )}
          </>
        }
      />
      <ResetDialog
        resets={save.resets}
        isSaving={save.isSaving}
        onCancel={save.cancel}
        onConfirm={() => void save.confirm()}
      />
    </>
  );
}

/** The notice with the pressed button disappears once the form can be edited: the focus moves to the page. */
function useKeptFocus(isReadOnly: boolean): void {
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !isReadOnly && document.activeElement === document.body)
      document.querySelector("main")?.focus({ preventScroll: true });
    was.current = isReadOnly;
  }, [isReadOnly]);
}

/** A lease that is taken again starts from the order as others left it; a read-only form shows the order as it is now. */
function useFollowedOrder(form: ReturnType<typeof useOrderForm>, { state }: EditLeaseHook, order: Order) {
  const [conflicts, setConflicts] = useState<readonly string[]>([]);
  const token = state.phase === "held" ? state.lease.token : undefined;
  const seen = useRef(token);
  const { rebase } = form;
  const follow = useCallback(
    (newer: Order) => {
      const contested = rebase(valuesOf(fieldsOf(newer)));
      setConflicts((before) => [...new Set([...before, ...contested])]);
    },
    [rebase],
  );
  useEffect(() => {
    if (state.phase === "held" && seen.current !== token) {
      seen.current = token;
      follow(state.lease.order);
    }
  }, [state, token, follow]);
  const { version } = order;
  const shown = useRef(version);
  useEffect(() => {
    if (state.phase === "held" || shown.current === version) return;
    shown.current = version;
    follow(order);
  }, [state, order, version, follow]);
  return conflicts;
}

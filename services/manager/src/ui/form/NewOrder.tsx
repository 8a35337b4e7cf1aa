"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Alert, Skeleton, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { Options, Order } from "../../api/orders.ts";
import { call, RequestFailed } from "../http.ts";
import { useLive } from "../live/useLive.ts";
import { useOptions } from "../orders/useOptions.ts";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { FormFrame } from "./FormFrame.tsx";
import { emptyValues, type FormValues } from "./formValues.ts";
import { useLeaveGuard } from "./useLeaveGuard.ts";
import { focusField, useOrderForm } from "./useOrderForm.ts";

/** The page that creates a work order. */
export function NewOrder() {
  const { options, error } = useOptions();
  if (error && !options) return <Problem error={error} title="The form cannot be opened" />;
  if (!options) return <FormSkeleton />;
  return <NewOrderForm options={options} />;
}

function NewOrderForm({ options }: { readonly options: Options }) {
  const viewer = useViewer();
  const { apply } = useLive();
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const isReadOnly = !mayWrite(viewer);
  const form = useOrderForm({ base: startValues(options), isEditable: !isReadOnly });
  const guard = useLeaveGuard(form.isDirty && !isReadOnly);

  const create = async () => {
    form.showAll();
    setSaving(true);
    setProblem(undefined);
    try {
      const order = await call<Order>("POST", "/api/work-orders", { fields: form.fields });
      apply(order);
      notifications.show({ message: "The work order was created. Count comes first." });
      guard.done(`/work-orders/${order.id}`);
    } catch (error) {
      setSaving(false);
      if (!(error instanceof RequestFailed) || Object.keys(error.fields).length === 0) return setProblem(error);
      form.judged.refuse(error.fields);
      focusField(Object.keys(error.fields)[0] ?? "");
    }
  };
  return (
    <FormFrame
      title="New work order"
      options={options}
      form={form}
      guard={guard}
      isReadOnly={isReadOnly}
      saveLabel="Create"
      isSaving={isSaving}
      closeHref="/"
      onSave={() => void create()}
      problem={problem}
      notices={
        isReadOnly && (
          <Alert color="yellow" variant="light" title="Read Only">
            Your role lets you look at work orders, not create them. Ask for write access if you need it.
          </Alert>
        )
      }
    />
  );
}

/** The language that suits everyone is preselected, and the account if there is only one. */
function startValues(options: Options): FormValues {
  const only = options.accounts.length === 1 ? options.accounts[0] : undefined;
  return {
    ...emptyValues,
    languages: options.languages.filter(({ everyone }) => everyone).map(({ code }) => code),
    account: only?.name ?? "",
  };
}

export function FormSkeleton() {
  return (
    <Stack gap="lg" role="status" aria-label="Opening the form">
      <Skeleton h={28} w={260} />
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} h={120} />
      ))}
    </Stack>
  );
}

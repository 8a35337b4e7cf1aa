"use client";
import { orderCopy } from "@email-agent/shared/domain/form/orderCopy.ts";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Alert, Skeleton, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useSearchParams } from "next/navigation";
import { type ReactNode, useState } from "react";
import type { Options, Order } from "../../api/orders.ts";
import { call, RequestFailed } from "../http.ts";
import { useLive, useOrder, useOrders } from "../live/useLive.ts";
import { useOptions } from "../orders/useOptions.ts";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { FormFrame } from "./FormFrame.tsx";
import { emptyValues, type FormValues, valuesOf } from "./formValues.ts";
import { useLeaveGuard } from "./useLeaveGuard.ts";
import { focusField, useOrderForm } from "./useOrderForm.ts";

/** The page that creates a work order; with `?copy=<id>` its form begins with the settings of that order. */
export function NewOrder() {
  const { options, error } = useOptions();
  const address = useSearchParams();
  const copied = address.get("copy") ?? "";
  const source = useOrder(copied);
  const { phase } = useOrders();
  if (error && !options) return <Problem error={error} title="The form cannot be opened" />;
  if (copied !== "" && phase === "ready" && !source)
    return (
      <Problem error="There is no such work order to copy, or you have no access to its event." title="Not here" />
    );
  if (!options || (copied !== "" && !source)) return <FormSkeleton />;
  if (!source) return <NewOrderForm options={options} start={startValues(options)} />;
  return <CopyForm options={options} source={source} />;
}

/** A copy keeps the settings of the order as they were when the page opened. */
function CopyForm({ options, source }: { readonly options: Options; readonly source: Order }) {
  const address = useSearchParams();
  const [{ fields, left }] = useState(() => {
    const isTester = (id: string, eventCode: string) =>
      options.testers.some((one) => one.id === id && (one.typedFor ?? eventCode) === eventCode);
    const place = { eventCode: address.get("event"), subEvent: address.get("part") };
    const given = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== null));
    return orderCopy(source, given, { isTester, now: Date.now() });
  });
  return (
    <NewOrderForm
      options={options}
      start={valuesOf(fields)}
      source={source}
      notice={
        <Alert variant="light" color="blue" title="A copy: choose another event, part or stage">
          <Text size="sm">
            Settings are copied; content, steps and recipients are not. Event, part and stage belong to one work order,
            so one of them must change.
          </Text>
          {left.map((sentence) => (
            <Text key={sentence} size="sm">
              {sentence}
            </Text>
          ))}
        </Alert>
      }
    />
  );
}

interface FormProps {
  readonly options: Options;
  readonly start: FormValues;
  /** The order that is copied. */
  readonly source?: Order;
  readonly notice?: ReactNode;
}

function NewOrderForm({ options, start, source, notice }: FormProps) {
  const viewer = useViewer();
  const { apply } = useLive();
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const isReadOnly = !mayWrite(viewer);
  const form = useOrderForm({ base: start, isEditable: !isReadOnly });
  const guard = useLeaveGuard(form.isDirty && !isReadOnly);

  const create = async () => {
    form.showAll();
    setSaving(true);
    setProblem(undefined);
    try {
      const order = await call<Order>("POST", "/api/work-orders", {
        fields: form.fields,
        ...(source && { copyOf: source.id }),
      });
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
      title={source ? `Copy of ${source.eventCode} ${source.subEvent} ${source.stage}` : "New work order"}
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
        isReadOnly ? (
          <Alert color="yellow" variant="light" title="Read Only">
            Your role lets you look at work orders, not create them. Ask for write access if you need it.
          </Alert>
        ) : (
          notice
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

"use client";
import { Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { viewerZone } from "../shell/momentText.ts";
import { DateTimeInputs } from "./DateTimeInputs.tsx";
import { unseenText } from "./unseenText.ts";
import { controlOf, type OrderFormState } from "./useOrderForm.ts";

const usual = [
  { value: "10", label: "10 minutes" },
  { value: "60", label: "1 hour" },
];

/** The end of a continuous Send, and the pause between its passes. */
export function ContinuousFields({ form }: { readonly form: OrderFormState }) {
  const { values, change, noteOf } = form;
  const control = controlOf(form, "sendUntil");
  return (
    <Stack gap="xs" role="group" aria-label="Continuous sending">
      <DateTimeInputs
        id={control.id}
        label={control.label}
        date={values.untilDate}
        time={values.untilTime}
        zone={viewerZone()}
        onDate={(untilDate) => change({ untilDate }, "sendUntil")}
        onTime={(untilTime) => change({ untilTime }, "sendUntil")}
        fault={control.error}
        note={noteOf("sendUntil")}
      />
      <IntervalField form={form} />
    </Stack>
  );
}

function IntervalField({ form }: { readonly form: OrderFormState }) {
  const { values, change } = form;
  const isUsual = usual.some(({ value }) => value === values.intervalMinutes);
  const [isFree, setFree] = useState(!isUsual);
  const { id, label, error } = controlOf(form, "sendInterval");
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500} id="interval-label">
        {label}
      </Text>
      <Group gap="sm">
        <SegmentedControl
          aria-labelledby="interval-label"
          data={[...usual, { value: "free", label: "Other" }]}
          value={isFree ? "free" : values.intervalMinutes}
          onChange={(value) => {
            setFree(value === "free");
            if (value !== "free") change({ intervalMinutes: value }, "sendInterval");
          }}
        />
        {isFree && (
          <TextInput
            id={id}
            aria-label="Minutes"
            rightSection={<Text size="xs">min</Text>}
            inputMode="decimal"
            w={120}
            value={values.intervalMinutes}
            onChange={(event) => change({ intervalMinutes: event.currentTarget.value }, "sendInterval")}
            error={error}
            errorProps={unseenText}
          />
        )}
      </Group>
      {error && (
        <Text size="xs" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
    </Stack>
  );
}

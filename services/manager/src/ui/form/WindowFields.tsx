"use client";
import type { SendingWindow } from "@email-agent/shared/domain/delivery/sendingWindow.ts";
import { weekdayNames } from "@email-agent/shared/domain/delivery/windowWords.ts";
import { Chip, Group, NativeSelect, Stack, Switch, Text, TextInput } from "@mantine/core";
import type { Options } from "../../api/orders.ts";
import styles from "./OrderForm.module.css";
import { unseenText } from "./unseenText.ts";
import { controlOf, type OrderFormState } from "./useOrderForm.ts";

/** Working days in the zone of the organisation. */
const usual = { from: "08:00", to: "20:00", weekdays: [1, 2, 3, 4, 5] };

/** The days and hours in which mails may be sent. */
export function WindowFields({ form, options }: { readonly form: OrderFormState; readonly options: Options }) {
  const { values, change, noteOf } = form;
  const { sendingWindow } = values;
  const { error, ...control } = controlOf(form, "sendingWindow");
  const set = (next: SendingWindow | null) => change({ sendingWindow: next }, "sendingWindow");
  const note = noteOf("sendingWindow");
  return (
    <>
      <Switch
        {...control}
        description="Mails are sent on these days and between these times only. Outside them Send sleeps."
        checked={sendingWindow !== null}
        onChange={(event) => set(event.currentTarget.checked ? { zone: options.timeZone, ...usual } : null)}
      />
      {sendingWindow !== null && (
        <Stack gap="xs" role="group" aria-label="Sending window">
          <Chip.Group
            multiple
            value={sendingWindow.weekdays.map(String)}
            onChange={(days) => set({ ...sendingWindow, weekdays: days.map(Number).sort() })}
          >
            <Group gap="xs" role="group" aria-label="Days">
              {weekdayNames.map((name, index) => (
                <Chip key={name} value={String(index + 1)} size="sm">
                  {name}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <div className={styles.times}>
            <TextInput
              type="time"
              label="From"
              value={sendingWindow.from}
              onChange={(event) => set({ ...sendingWindow, from: event.currentTarget.value })}
              error={error}
              errorProps={unseenText}
            />
            <TextInput
              type="time"
              label="Until"
              value={sendingWindow.to}
              onChange={(event) => set({ ...sendingWindow, to: event.currentTarget.value })}
              error={error}
              errorProps={unseenText}
            />
            <NativeSelect
              label="Zone"
              data={zonesWith(options.timeZone, sendingWindow.zone)}
              value={sendingWindow.zone}
              onChange={(event) => set({ ...sendingWindow, zone: event.currentTarget.value })}
              error={error}
              errorProps={unseenText}
            />
          </div>
          {note && <Text size="sm">{note}</Text>}
          {error && (
            <Text size="xs" c="var(--mantine-color-error)">
              {error}
            </Text>
          )}
        </Stack>
      )}
    </>
  );
}

/** The zone of the organisation first, then all that the browser knows. */
function zonesWith(...first: readonly string[]): string[] {
  return [...new Set([...first, "UTC", ...Intl.supportedValuesOf("timeZone")])];
}

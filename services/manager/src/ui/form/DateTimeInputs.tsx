"use client";
import { NativeSelect, Text, TextInput } from "@mantine/core";
import styles from "./OrderForm.module.css";
import { unseenText } from "./unseenText.ts";

interface DateTimeInputsProps {
  /** Of the date. */
  readonly id: string;
  readonly label: string;
  /** `2026-11-25` and `18:00`, or blank. */
  readonly date: string;
  readonly time: string;
  readonly zone: string;
  readonly onDate: (date: string) => void;
  readonly onTime: (time: string) => void;
  /** With it the zone is chosen from `zones`. */
  readonly onZone?: (zone: string) => void;
  readonly zones?: readonly string[];
  readonly fault?: string | undefined;
  readonly note?: string | undefined;
}

/** A date and a time in a zone. What is wrong with both, or good to know, is below them in full width. */
export function DateTimeInputs(props: DateTimeInputsProps) {
  const { id, label, date, time, zone, onDate, onTime, onZone, zones = [], fault, note } = props;
  const zoneWords = onZone ? "Date and time in the chosen zone." : `Date and time in your zone, ${zone}.`;
  // Both inputs share the description below them, which takes the full width.
  const described = { description: zoneWords, descriptionProps: unseenText, error: fault, errorProps: unseenText };
  return (
    <>
      <div className={styles.times}>
        <TextInput
          id={id}
          label={label}
          type="date"
          required
          value={date}
          onChange={(event) => onDate(event.currentTarget.value)}
          {...described}
        />
        <TextInput
          type="time"
          label="Time"
          aria-label={`Time, in ${zone}`}
          required
          value={time}
          onChange={(event) => onTime(event.currentTarget.value)}
          {...described}
        />
        {onZone && (
          <NativeSelect
            label="Zone"
            data={[...zones]}
            value={zone}
            onChange={(event) => onZone(event.currentTarget.value)}
            description={zoneWords}
            descriptionProps={unseenText}
          />
        )}
      </div>
      {!onZone && (
        <Text size="xs" c="dimmed">
          {zoneWords}
        </Text>
      )}
      {note && <Text size="sm">{note}</Text>}
      {fault && (
        <Text size="xs" c="var(--mantine-color-error)" role="status">
          {fault}
        </Text>
      )}
    </>
  );
}

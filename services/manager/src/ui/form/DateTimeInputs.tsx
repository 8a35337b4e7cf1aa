"use client";
import { NativeSelect, Text, TextInput } from "@mantine/core";
import { type SyntheticEvent, useState } from "react";
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

/** Browsers give a date that does not exist, or is typed in part, as blank, and tell it from an empty one only here. */
const isUnreadable = ({ currentTarget }: SyntheticEvent<HTMLInputElement>) => currentTarget.validity.badInput;

/** A date and a time in a zone. What is wrong with both, or good to know, is below them in full width. */
export function DateTimeInputs(props: DateTimeInputsProps) {
  const { id, label, date, time, zone, onDate, onTime, onZone, zones = [], note } = props;
  const [badDate, setBadDate] = useState(false);
  const [badTime, setBadTime] = useState(false);
  const fault = unreadableFault(badDate, badTime) ?? props.fault;
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
          // Else browsers take years of six digits.
          max="9999-12-31"
          value={date}
          onChange={(event) => {
            setBadDate(false);
            onDate(event.currentTarget.value);
          }}
          onBlur={(event) => setBadDate(isUnreadable(event))}
          {...described}
        />
        <TextInput
          type="time"
          label="Time"
          aria-label={`Time, in ${zone}`}
          required
          value={time}
          onChange={(event) => {
            setBadTime(false);
            onTime(event.currentTarget.value);
          }}
          onBlur={(event) => setBadTime(isUnreadable(event))}
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

function unreadableFault(badDate: boolean, badTime: boolean): string | undefined {
  if (badDate) return "The date is incomplete or does not exist: correct day, month or year.";
  return badTime ? "The time is incomplete: enter hours and minutes." : undefined;
}

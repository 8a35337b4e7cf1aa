"use client";
import { Alert } from "@mantine/core";
import { ChoiceControl } from "./ChoiceControl.tsx";
import type { ControlProps } from "./controlProps.ts";
import styles from "./Settings.module.css";

/** One of the items of a kind, or a word that means all. */
export function ReferenceControl(props: ControlProps) {
  const { field, path, form } = props;
  const words = Object.entries(field.words ?? {}).map(([value, label]) => ({ value, label }));
  const items = (field.refersTo ? form.choicesOf(field.refersTo) : []).map(({ key, label }) => ({
    value: key,
    label: label ? `${key} – ${label}` : key,
  }));
  return (
    <>
      <ChoiceControl {...props} choices={[...words, ...items]} unknown="does not exist" />
      {field.whenEmpty !== undefined && (form.valueAt(path) ?? "") === "" && (
        <Alert color="yellow" variant="light" p="xs" className={styles.middle} role="status">
          {field.whenEmpty}
        </Alert>
      )}
    </>
  );
}

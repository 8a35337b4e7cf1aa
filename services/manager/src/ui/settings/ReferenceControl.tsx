"use client";
import { Alert, NativeSelect } from "@mantine/core";
import type { ControlProps } from "./controlProps.ts";
import styles from "./Settings.module.css";
import { fieldId } from "./useItemForm.ts";

/** One of the items of a kind, or a word that means all. An item that is gone stays shown until another is chosen. */
export function ReferenceControl({ field, path, form, label = field.title }: ControlProps) {
  const value = form.valueAt(path);
  const chosen = typeof value === "string" ? value : "";
  const choices = field.refersTo ? form.choicesOf(field.refersTo) : [];
  const words = Object.entries(field.words ?? {});
  const isGone =
    chosen !== "" && !choices.some(({ key }) => key === chosen) && !words.some(([word]) => word === chosen);
  return (
    <>
      <NativeSelect
        id={fieldId(path)}
        className={styles.middle}
        label={label}
        description={field.help || undefined}
        error={form.faultOf(path)}
        withAsterisk={field.required}
        value={chosen}
        onChange={(event) => form.change(path, event.currentTarget.value)}
        data={[
          ...(field.required && chosen !== "" ? [] : [{ value: "", label: field.required ? "Choose one" : "None" }]),
          ...(isGone ? [{ value: chosen, label: `${chosen} (does not exist)` }] : []),
          ...words.map(([word, label]) => ({ value: word, label })),
          ...choices.map(({ key, label: about }) => ({ value: key, label: about ? `${key} – ${about}` : key })),
        ]}
      />
      {field.whenEmpty !== undefined && chosen === "" && (
        <Alert color="yellow" variant="light" p="xs" className={styles.middle} role="status">
          {field.whenEmpty}
        </Alert>
      )}
    </>
  );
}

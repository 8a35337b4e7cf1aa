"use client";
import { NativeSelect } from "@mantine/core";
import type { ControlProps } from "./controlProps.ts";
import styles from "./Settings.module.css";
import { fieldId } from "./useItemForm.ts";

interface Choice {
  readonly value: string;
  readonly label: string;
}

interface Props extends ControlProps {
  readonly choices: readonly Choice[];
  /** What is said of a chosen value that is no choice: of an item that is gone, or of a later release. */
  readonly unknown: string;
}

/** One of some values. A value that is none of them stays shown until another is chosen. */
export function ChoiceControl({ field, path, form, label = field.title, choices, unknown }: Props) {
  const value = form.valueAt(path);
  const chosen = typeof value === "string" ? value : "";
  const isOptional = !field.required && field.fallback === undefined;
  const isUnknown = chosen !== "" && !choices.some((choice) => choice.value === chosen);
  return (
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
        ...(isOptional || chosen === "" ? [{ value: "", label: isOptional ? "None" : "Choose one" }] : []),
        ...(isUnknown ? [{ value: chosen, label: `${chosen} (${unknown})` }] : []),
        ...choices,
      ]}
    />
  );
}

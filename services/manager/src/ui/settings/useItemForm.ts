"use client";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { useMemo, useState } from "react";
import type { SettingsForm, SettingsItem } from "../../api/settings.ts";
import { sentValues, type Values, withDefaults, withValue } from "./itemValues.ts";

export interface ItemForm {
  readonly isDirty: boolean;
  /** The values as the server takes them. */
  readonly sent: Values;
  valueAt(path: readonly string[]): unknown;
  change(path: readonly string[], value: unknown): void;
  faultOf(path: readonly string[]): string | undefined;
  /** The first fault at a path or below it. */
  faultWithin(path: readonly string[]): string | undefined;
  choicesOf(kind: ConfigKind): NonNullable<SettingsForm["choices"][ConfigKind]>;
  isSecretSet(path: readonly string[]): boolean;
  /** The name of an item does not change. */
  isFixed(path: readonly string[]): boolean;
  /** Shows what a refused save said of the fields. */
  refuse(faults: Readonly<Record<string, string>>): void;
}

/** The id of the control of a field. */
export function fieldId(path: readonly string[]): string {
  return `field-${path.join("-")}`;
}

/** The state of the form of an item; `first` is the item when the form was opened. */
export function useItemForm(first: SettingsItem): ItemForm {
  const { form, faults: knownFaults, secretsSet, key } = first;
  const base = useMemo(() => withDefaults(form.fields, first.values), [form.fields, first.values]);
  const [values, setValues] = useState<Values>(base);
  const [faults, setFaults] = useState(knownFaults);
  const read = (path: readonly string[]) =>
    path.reduce<unknown>((value, name) => (value as Values | undefined)?.[name], values);
  return {
    isDirty: JSON.stringify(values) !== JSON.stringify(base),
    sent: sentValues(form.fields, values),
    valueAt: read,
    change(path, value) {
      setValues((before) => withValue(before, path, value) as Values);
      const at = path.join(".");
      setFaults((before) =>
        Object.fromEntries(Object.entries(before).filter(([name]) => name !== at && !name.startsWith(`${at}.`))),
      );
    },
    faultOf: (path) => faults[path.join(".")],
    faultWithin(path) {
      const at = path.join(".");
      return Object.entries(faults).find(([name]) => name === at || name.startsWith(`${at}.`))?.[1];
    },
    choicesOf: (kind) => form.choices[kind] ?? [],
    isSecretSet: (path) => secretsSet.includes(path.join(".")),
    isFixed: (path) => key !== undefined && path.length === 1 && form.keyFields.includes(path[0] ?? ""),
    refuse: setFaults,
  };
}

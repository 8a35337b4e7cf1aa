"use client";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { useMemo, useState } from "react";
import type { SettingsForm, SettingsItem } from "../../api/settings.ts";
import { sentValues, type Values, withDefaults, withValue } from "./itemValues.ts";
import { useItemCheck } from "./useItemCheck.ts";

export interface ItemForm {
  readonly kind: ConfigKind;
  readonly isDirty: boolean;
  /** The values as the server takes them. */
  readonly sent: Values;
  /** What is judged of the present entries, path → sentence; those that are shown. */
  readonly faults: Readonly<Record<string, string>>;
  /** The present entries are not judged yet. */
  readonly isChecking: boolean;
  valueAt(path: readonly string[]): unknown;
  change(path: readonly string[], value: unknown): void;
  faultOf(path: readonly string[]): string | undefined;
  /** The first fault at a path or below it. */
  faultWithin(path: readonly string[]): string | undefined;
  choicesOf(kind: ConfigKind): NonNullable<SettingsForm["choices"][ConfigKind]>;
  isSecretSet(path: readonly string[]): boolean;
  /** The name of an item does not change. */
  isFixed(path: readonly string[]): boolean;
  /** Shows what a refused save said of the fields, and every other sentence from now on. */
  refuse(faults: Readonly<Record<string, string>>): void;
}

/** The id of the control of a field. */
export function fieldId(path: readonly string[]): string {
  return `field-${path.join("-")}`;
}

/** Puts the focus into the field of a path (`attributes.0.name`), or into the nearest one that holds it. */
export function focusPath(path: string): void {
  const parts = path.split(".");
  for (let length = parts.length; length > 0; length -= 1) {
    const field = document.getElementById(fieldId(parts.slice(0, length)));
    if (!field) continue;
    const control = "input:not([type=hidden]), select, textarea, button";
    const target = field.matches(control) ? field : field.querySelector<HTMLElement>(control);
    (target ?? field).focus();
    (target ?? field).scrollIntoView({ block: "center" });
    return;
  }
}

/** What a form begins with: an item, and perhaps other values of it, as those of an earlier version. */
type Start = Pick<SettingsItem, "form" | "values" | "faults" | "secretsSet" | "key"> & { readonly isNew: boolean };

/** The state of the form of an item; `first` is the item when the form was opened. */
export function useItemForm(first: Start, entered?: Values): ItemForm {
  const { form, faults: knownFaults, secretsSet, key, isNew } = first;
  const base = useMemo(() => withDefaults(form.fields, first.values), [form.fields, first.values]);
  const [values, setValues] = useState<Values>(() => (entered ? withDefaults(form.fields, entered) : base));
  const [touched, setTouched] = useState<readonly string[]>([]);
  const [showsAll, setShowsAll] = useState(!isNew || entered !== undefined);
  const sent = useMemo(() => sentValues(form.fields, values), [form.fields, values]);
  const isDirty = JSON.stringify(values) !== JSON.stringify(base);
  const judged = useItemCheck(form.kind, { values: sent, isNew }, isDirty, knownFaults);
  const isShown = (path: string) => showsAll || touched.some((one) => isWithin(path, one) || isWithin(one, path));
  const faults = Object.fromEntries(Object.entries(judged.faults).filter(([path]) => isShown(path)));
  const read = (path: readonly string[]) =>
    path.reduce<unknown>((value, name) => (value as Values | undefined)?.[name], values);
  return {
    kind: form.kind,
    isDirty,
    sent,
    faults,
    isChecking: judged.isChecking,
    valueAt: read,
    change(path, value) {
      setValues((before) => withValue(before, path, value) as Values);
      const at = path.join(".");
      setTouched((before) => (before.includes(at) ? before : [...before, at]));
    },
    faultOf: (path) => faults[path.join(".")],
    faultWithin(path) {
      const at = path.join(".");
      return Object.entries(faults).find(([name]) => isWithin(name, at))?.[1];
    },
    choicesOf: (kind) => form.choices[kind] ?? [],
    isSecretSet: (path) => secretsSet.includes(path.join(".")),
    isFixed: (path) => key !== undefined && path.length === 1 && form.keyFields.includes(path[0] ?? ""),
    refuse(refused) {
      setShowsAll(true);
      judged.refuse(refused);
    },
  };
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}

"use client";
import { fieldLabel, type OrderField, type OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { useCallback, useMemo, useState } from "react";
import { viewerZone } from "../shell/momentText.ts";
import { type FormValues, fieldsFrom, patchOf, rebased } from "./formValues.ts";
import { type FormCheck, useFormCheck } from "./useFormCheck.ts";

/** The form as its fields see it. Names are those of the server's sentences: `stage`, `subjects.EN`. */
export interface OrderFormState {
  readonly values: FormValues;
  /** Changes inputs; the sentences about the named fields are shown from now on. */
  change(values: Partial<FormValues>, ...names: readonly string[]): void;
  errorOf(name: string): string | undefined;
  noteOf(name: string): string | undefined;
  readonly judged: FormCheck;
  readonly isDirty: boolean;
  /** What a save sends: all fields of a new order, the changed ones of an existing order. */
  readonly fields: Partial<OrderFields>;
  /** The address below the testers that is typed and not added yet: it keeps the form from being saved. */
  readonly typedTester: TypedTester;
  typeTester(typed: TypedTester): void;
  /** Every sentence is shown from now on. */
  showAll(): void;
  readonly showsAll: boolean;
  /** Merges the form with a newer state of its order. Returns the fields that changed on both sides. */
  rebase(newer: FormValues): readonly OrderField[];
}

interface TypedTester {
  readonly email: string;
  readonly problem?: string;
}

interface Start {
  /** The order that is edited; undefined for a new one. */
  readonly id?: string;
  readonly base: FormValues;
  /** False while nothing can be saved: the form is not judged then. */
  readonly isEditable: boolean;
}

/** What was typed, what it is compared with, and how the server judges it. */
export function useOrderForm({ id, base: first, isEditable }: Start): OrderFormState {
  const [{ values, base }, setForm] = useState({ values: first, base: first });
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [showsAll, setShowsAll] = useState(id !== undefined);
  const [typedTester, typeTester] = useState<TypedTester>({ email: "" });
  const zone = viewerZone();
  const patch = useMemo(() => patchOf(values, base, zone), [values, base, zone]);
  const fields = useMemo(() => (id === undefined ? fieldsFrom(values, zone) : patch), [id, values, patch, zone]);
  const judged = useFormCheck(id, fields, isEditable);

  const change = useCallback((changed: Partial<FormValues>, ...names: readonly string[]) => {
    setForm((form) => ({ ...form, values: { ...form.values, ...changed } }));
    setTouched((before) => new Set([...before, ...names]));
  }, []);
  const rebase = useCallback(
    (newer: FormValues) => {
      const { values: kept, conflicts } = rebased(values, base, newer);
      setForm({ values: kept, base: newer });
      return conflicts;
    },
    [values, base],
  );
  return {
    values,
    change,
    judged,
    fields,
    showsAll,
    rebase,
    typedTester,
    typeTester,
    isDirty: Object.keys(patch).length > 0 || typedTester.email.trim() !== "",
    showAll: useCallback(() => setShowsAll(true), []),
    errorOf: (name) => (isEditable && (showsAll || touched.has(name)) ? judged.check?.fields[name] : undefined),
    noteOf: (name) => (isEditable ? judged.check?.notes[name] : undefined),
  };
}

/** Id of the element of a field in the page, for links and the focus. */
export function fieldId(name: string): string {
  return `field-${name.replace(".", "-")}`;
}

/** What each control of a field has: its place in the page, its label, its error. */
export function controlOf(form: Pick<OrderFormState, "errorOf">, field: OrderField) {
  return { id: fieldId(field), label: fieldLabel(field), error: form.errorOf(field) };
}

/** Puts the focus into a field and the field into view. */
export function focusField(name: string): void {
  const field = document.getElementById(fieldId(name));
  const target = field?.matches("input, select, button") ? field : field?.querySelector<HTMLElement>("input, button");
  (target ?? field)?.focus();
  (target ?? field)?.scrollIntoView({ block: "center" });
}

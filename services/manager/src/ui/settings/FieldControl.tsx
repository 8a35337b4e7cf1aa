"use client";
import { NativeSelect, PasswordInput, Switch, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { ChoiceControl } from "./ChoiceControl.tsx";
import type { ControlProps } from "./controlProps.ts";
import { GroupControl } from "./GroupControl.tsx";
import { ListControl } from "./ListControl.tsx";
import { MapControl } from "./MapControl.tsx";
import { PoolAttributes } from "./pool/PoolAttributes.tsx";
import { ReferenceControl } from "./ReferenceControl.tsx";
import styles from "./Settings.module.css";
import { TesterId } from "./tester/TesterId.tsx";
import { fieldId } from "./useItemForm.ts";

/** The control of a field, by the kind of its value. */
export function FieldControl(props: ControlProps) {
  const { field, path, form, label = field.title } = props;
  const value = form.valueAt(path);
  const change = (next: unknown) => form.change(path, next);
  const common = {
    id: fieldId(path),
    label,
    description: field.help || undefined,
    error: form.faultOf(path),
    withAsterisk: field.required && field.kind !== "switch" && field.orElse === undefined,
  };
  const text = value === undefined || value === null ? "" : String(value);
  switch (field.kind) {
    case "switch":
      return field.unset === undefined ? (
        <Switch
          {...{ ...common, withAsterisk: undefined }}
          checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      ) : (
        <ThreeStates {...props} />
      );
    case "choice":
      return (
        <ChoiceControl
          {...props}
          choices={(field.choices ?? []).map((choice) => ({ value: choice, label: field.words?.[choice] ?? choice }))}
          unknown="unknown here"
        />
      );
    case "html":
    case "lines":
      return (
        <Textarea
          {...common}
          className={field.kind === "html" ? styles.html : styles.middle}
          autosize
          minRows={field.kind === "html" ? 6 : 3}
          maxRows={24}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    case "secret":
      return <Secret {...props} />;
    case "list":
      if (form.kind === "pool" && field.name === "attributes") return <PoolAttributes {...props} />;
      return <ListControl {...props} Inner={FieldControl} />;
    case "map":
      return <MapControl {...props} Inner={FieldControl} />;
    case "object":
      return <GroupControl {...props} Inner={FieldControl} />;
    default:
      return <TextOrChoice {...props} />;
  }
}

/** A text or a number; the name of another item, and the participant of a new tester, are chosen. */
function TextOrChoice(props: ControlProps) {
  const { field, path, form, label = field.title } = props;
  const value = form.valueAt(path);
  const text = value === undefined || value === null ? "" : String(value);
  if (form.kind === "tester" && field.name === "id" && !form.isFixed(path)) return <TesterId {...props} />;
  if (field.refersTo && !form.isFixed(path)) return <ReferenceControl {...props} />;
  return (
    <>
      <TextInput
        id={fieldId(path)}
        label={label}
        description={field.help || undefined}
        error={form.faultOf(path)}
        withAsterisk={field.required && field.orElse === undefined}
        className={field.kind === "number" ? styles.number : styles.middle}
        readOnly={form.isFixed(path)}
        inputMode={field.kind === "number" ? "decimal" : undefined}
        inputContainer={field.unit === undefined ? undefined : withUnit(field.unit)}
        list={field.suggestions && `${fieldId(path)}-list`}
        value={text}
        onChange={(event) => form.change(path, event.currentTarget.value)}
      />
      {field.suggestions && (
        <datalist id={`${fieldId(path)}-list`}>
          {field.suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </>
  );
}

/** What the number counts, behind it. */
function withUnit(unit: string) {
  return (input: ReactNode) => (
    <div className={styles.unit}>
      {input}
      <span>{unit}</span>
    </div>
  );
}

/** Yes, no, or not said. */
function ThreeStates({ field, path, form, label = field.title }: ControlProps) {
  const value = form.valueAt(path);
  return (
    <NativeSelect
      id={fieldId(path)}
      className={styles.middle}
      label={label}
      description={field.help || undefined}
      error={form.faultOf(path)}
      value={typeof value === "boolean" ? String(value) : ""}
      onChange={(event) => {
        const { value: chosen } = event.currentTarget;
        form.change(path, chosen === "" ? undefined : chosen === "true");
      }}
      data={[
        { value: "", label: field.unset ?? "" },
        { value: "true", label: "Yes" },
        { value: "false", label: "No" },
      ]}
    />
  );
}

/** A text that is sent and never comes back; a key has several lines. */
function Secret({ field, path, form, label = field.title }: ControlProps) {
  const value = form.valueAt(path);
  const text = typeof value === "string" ? value : "";
  const common = {
    id: fieldId(path),
    label,
    description: field.help || undefined,
    error: form.faultOf(path),
    placeholder: form.isSecretSet(path) ? "Set. Leave it empty to keep it." : "Not set",
    value: text,
  };
  const change = (next: string) => form.change(path, next === "" ? undefined : next);
  if (field.name === "privateKey")
    return (
      <Textarea
        {...common}
        className={styles.html}
        autosize
        minRows={2}
        maxRows={10}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  return (
    <PasswordInput
      {...common}
      className={styles.middle}
      autoComplete="new-password"
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

"use client";
import { NativeSelect, PasswordInput, Switch, Textarea, TextInput } from "@mantine/core";
import type { ControlProps } from "./controlProps.ts";
import { GroupControl } from "./GroupControl.tsx";
import { ListControl } from "./ListControl.tsx";
import { MapControl } from "./MapControl.tsx";
import styles from "./Settings.module.css";
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
    withAsterisk: field.required && field.kind !== "switch",
  };
  const text = value === undefined || value === null ? "" : String(value);
  switch (field.kind) {
    case "switch":
      return (
        <Switch
          {...{ ...common, withAsterisk: undefined }}
          checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <NativeSelect
          {...common}
          data={[...(field.choices ?? [])]}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    case "html":
      return (
        <Textarea
          {...common}
          className={styles.html}
          autosize
          minRows={4}
          maxRows={24}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    case "secret":
      return (
        <PasswordInput
          {...common}
          autoComplete="new-password"
          placeholder={form.isSecretSet(path) ? "Set. Leave it empty to keep it." : "Not set"}
          value={text}
          onChange={(event) => change(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}
        />
      );
    case "list":
      return <ListControl {...props} Inner={FieldControl} />;
    case "map":
      return <MapControl {...props} Inner={FieldControl} />;
    case "object":
      return <GroupControl {...props} Inner={FieldControl} />;
    default:
      if (field.refersTo) return <ReferenceControl {...props} />;
      return (
        <TextInput
          {...common}
          readOnly={form.isFixed(path)}
          inputMode={field.kind === "number" ? "decimal" : undefined}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
  }
}

/** One of the items of a kind. An item that is gone stays shown until another is chosen. */
function ReferenceControl({ field, path, form, label = field.title }: ControlProps) {
  const value = form.valueAt(path);
  const chosen = typeof value === "string" ? value : "";
  const choices = field.refersTo ? form.choicesOf(field.refersTo) : [];
  const isGone = chosen !== "" && !choices.some(({ key }) => key === chosen);
  return (
    <NativeSelect
      id={fieldId(path)}
      label={label}
      description={field.help || undefined}
      error={form.faultOf(path)}
      withAsterisk={field.required}
      value={chosen}
      onChange={(event) => form.change(path, event.currentTarget.value)}
      data={[
        { value: "", label: "None" },
        ...(isGone ? [{ value: chosen, label: `${chosen} (does not exist)` }] : []),
        ...choices.map(({ key, label: words }) => ({ value: key, label: words ? `${key} – ${words}` : key })),
      ]}
    />
  );
}

"use client";
import { Button, Stack, Switch, Text } from "@mantine/core";
import type { OuterControlProps } from "./controlProps.ts";
import { emptyOf } from "./itemValues.ts";
import styles from "./Settings.module.css";
import { fieldId } from "./useItemForm.ts";

/** Fields that belong together; where they may be absent as a whole, a switch adds and removes them. */
export function GroupControl({ field, path, form, label = field.title, Inner }: OuterControlProps) {
  const value = form.valueAt(path);
  const isAbsent = value === undefined || value === null;
  const isOptional = !field.required && field.fallback === undefined;
  const fault = form.faultOf(path);
  return (
    <fieldset className={styles.group} id={fieldId(path)}>
      <legend>{label}</legend>
      <Stack gap="sm">
        {field.help && (
          <Text size="sm" c="dimmed">
            {field.help}
          </Text>
        )}
        {isOptional && (
          <Switch
            label="In use"
            checked={!isAbsent}
            onChange={() => form.change(path, isAbsent ? emptyOf(field) : undefined)}
          />
        )}
        {(!isOptional || !isAbsent) &&
          field.fields?.map((inner) => (
            <Inner key={inner.name} field={inner} path={[...path, inner.name]} form={form} />
          ))}
        {fault !== undefined && <div className={styles.problem}>{fault}</div>}
      </Stack>
    </fieldset>
  );
}

/** Takes an entry out of a list or map. */
export function RemoveButton({ name, onClick }: { readonly name: string; readonly onClick: () => void }) {
  return (
    <Button variant="default" size="xs" onClick={onClick} aria-label={`Remove ${name}`}>
      Remove
    </Button>
  );
}

"use client";
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { OuterControlProps } from "./controlProps.ts";
import { RemoveButton } from "./GroupControl.tsx";
import { emptyOf } from "./itemValues.ts";
import styles from "./Settings.module.css";
import { fieldId } from "./useItemForm.ts";

/** Values by name: an entry for each, and a field to add one. */
export function MapControl({ field, path, form, label = field.title, Inner }: OuterControlProps) {
  const value = form.valueAt(path);
  const entries = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const { of } = field;
  const fault = form.faultOf(path);
  if (!of) return null;
  const choices = field.refersTo && form.choicesOf(field.refersTo).map(({ key }) => key);
  const without = (name: string) => Object.fromEntries(Object.entries(entries).filter(([other]) => other !== name));
  return (
    <fieldset className={styles.group} id={fieldId(path)}>
      <legend>{label}</legend>
      <Stack gap="sm">
        {field.help && (
          <Text size="sm" c="dimmed">
            {field.help}
          </Text>
        )}
        {inOrder(Object.keys(entries), choices).map((name) => (
          <Group key={name} align="end" className={styles.block} wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <Inner field={{ ...of, required: true }} path={[...path, name]} form={form} label={name} />
            </div>
            <RemoveButton name={name} onClick={() => form.change(path, without(name))} />
          </Group>
        ))}
        <AddEntry
          label={label}
          names={choices}
          taken={Object.keys(entries)}
          onAdd={(name) => form.change(path, { ...entries, [name]: emptyOf(of) })}
        />
        {fault !== undefined && <div className={styles.problem}>{fault}</div>}
      </Stack>
    </fieldset>
  );
}

/** The table does not keep the order of a map: names come in the order of the choices, any others after them by name. */
function inOrder(names: readonly string[], choices: readonly string[] = []): readonly string[] {
  const others = names.filter((name) => !choices.includes(name));
  return [
    ...choices.filter((name) => names.includes(name)),
    ...others.sort((one, other) => one.localeCompare(other, "en", { numeric: true })),
  ];
}

interface AddEntryProps {
  readonly label: string;
  /** The names there can be; undefined: any. */
  readonly names: readonly string[] | undefined;
  readonly taken: readonly string[];
  readonly onAdd: (name: string) => void;
}

function AddEntry({ label, names, taken, onAdd }: AddEntryProps) {
  const [typed, setTyped] = useState("");
  const free = names?.filter((name) => !taken.includes(name));
  const name = free ? (free.includes(typed) ? typed : (free[0] ?? "")) : typed.trim();
  const isTaken = taken.includes(name);
  const title = `Name of the new entry of ${label}`;
  if (free?.length === 0) return null;
  const isBlocked = name === "" || isTaken;
  const add = () => {
    if (isBlocked) return;
    onAdd(name);
    setTyped("");
  };
  return (
    <Group align="end" gap="sm" className={styles.adds}>
      {free ? (
        <NativeSelect
          aria-label={title}
          data={[...free]}
          value={name}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          aria-label={title}
          placeholder="Name"
          value={typed}
          error={isTaken ? "There is one of this name already." : undefined}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            // Else it saves the whole form, without what is typed here.
            event.preventDefault();
            add();
          }}
        />
      )}
      <Button variant="default" disabled={isBlocked} onClick={add}>
        Add
      </Button>
    </Group>
  );
}

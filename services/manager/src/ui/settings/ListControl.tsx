"use client";
import { Button, Chip, Group, Input, Stack, Textarea } from "@mantine/core";
import type { ControlProps, OuterControlProps } from "./controlProps.ts";
import { GroupControl, RemoveButton } from "./GroupControl.tsx";
import { emptyOf } from "./itemValues.ts";
import styles from "./Settings.module.css";
import { fieldId } from "./useItemForm.ts";

/** Several values: chips for items of a kind, a line for each text, a group for each object. */
export function ListControl(props: OuterControlProps) {
  const { of } = props.field;
  if (of?.refersTo) return <ChosenItems {...props} />;
  if (of?.kind === "object") return <Groups {...props} />;
  return <Lines {...props} />;
}

function valuesOf({ form, path }: ControlProps): readonly unknown[] {
  const value = form.valueAt(path);
  return Array.isArray(value) ? value : [];
}

function ChosenItems(props: ControlProps) {
  const { field, path, form, label = field.title } = props;
  const chosen = valuesOf(props).map(String);
  const known = field.of?.refersTo ? form.choicesOf(field.of.refersTo) : [];
  const all = field.of?.orAll ? [{ key: "*", label: "all of them" }] : [];
  const gone = chosen.filter((key) => ![...all, ...known].some((one) => one.key === key));
  const choices = [...all, ...known, ...gone.map((key) => ({ key, label: "does not exist" }))];
  const id = fieldId(path);
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      labelProps={{ id: `${id}-label` }}
      description={field.help || undefined}
      error={form.faultWithin(path)}
    >
      <Chip.Group multiple value={chosen} onChange={(next) => form.change(path, next)}>
        <Group gap="xs" mt={6} id={id} role="group" aria-labelledby={`${id}-label`}>
          {choices.map((choice) => (
            <Chip key={choice.key} value={choice.key} size="sm">
              {choice.key === "*" ? "All" : choice.key}
              {choice.label === "does not exist" && " (does not exist)"}
            </Chip>
          ))}
          {choices.length === 0 && "There is nothing to choose from yet."}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  );
}

function Lines(props: ControlProps) {
  const { field, path, form, label = field.title } = props;
  return (
    <Textarea
      id={fieldId(path)}
      label={label}
      description={`${field.help ? `${field.help}. ` : ""}One on each line.`}
      error={form.faultWithin(path)}
      autosize
      minRows={2}
      maxRows={12}
      value={valuesOf(props).map(String).join("\n")}
      onChange={(event) => {
        const { value } = event.currentTarget;
        form.change(path, value === "" ? [] : value.split("\n"));
      }}
    />
  );
}

function Groups(props: OuterControlProps) {
  const { field, path, form, label = field.title, Inner } = props;
  const values = valuesOf(props);
  const { of } = field;
  if (!of) return null;
  return (
    <fieldset className={styles.group} id={fieldId(path)}>
      <legend>{label}</legend>
      <Stack gap="sm">
        {field.help}
        {values.map((_, index) => {
          const name = `${label} ${index + 1}`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an entry has no other name than its place
            <div key={index} className={styles.block}>
              <GroupControl
                field={{ ...of, required: true }}
                path={[...path, String(index)]}
                form={form}
                label={name}
                Inner={Inner}
              />
              <RemoveButton name={name} onClick={() => form.change(path, values.toSpliced(index, 1))} />
            </div>
          );
        })}
        <Button variant="default" size="xs" onClick={() => form.change(path, [...values, emptyOf(of)])}>
          Add
        </Button>
      </Stack>
    </fieldset>
  );
}

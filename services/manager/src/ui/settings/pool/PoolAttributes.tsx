"use client";
import { poolTypes } from "@email-agent/shared/domain/recipients/poolTypes.ts";
import { poolParameterTitle, poolTypeWords } from "@email-agent/shared/domain/recipients/poolTypeWords.ts";
import { Alert, Button, Chip, Group, Input, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import type { ControlProps } from "../controlProps.ts";
import { RemoveButton } from "../GroupControl.tsx";
import type { Values } from "../itemValues.ts";
import { ReferenceControl } from "../ReferenceControl.tsx";
import styles from "../Settings.module.css";
import { fieldId, type ItemForm } from "../useItemForm.ts";

/** The attributes of a pool: what each asks for in words, and its parameters as controls. */
export function PoolAttributes({ field, path, form, label = field.title }: ControlProps) {
  const value = form.valueAt(path);
  const attributes = Array.isArray(value) ? (value as readonly Values[]) : [];
  return (
    <fieldset className={styles.group} id={fieldId(path)}>
      <legend>{label}</legend>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {field.help}
        </Text>
        {attributes.map((attribute, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an attribute has no other name than its place
          <div key={index} className={styles.block}>
            <Attribute attribute={attribute} path={[...path, String(index)]} form={form} number={index + 1} />
            <Group mt="sm">
              <RemoveButton
                name={`attribute ${index + 1}`}
                onClick={() => form.change(path, attributes.toSpliced(index, 1))}
              />
            </Group>
          </div>
        ))}
        <div>
          <Button variant="default" size="xs" onClick={() => form.change(path, [...attributes, { type: "" }])}>
            {attributes.length === 0 ? "Add an attribute" : "Or another attribute"}
          </Button>
        </div>
      </Stack>
    </fieldset>
  );
}

interface AttributeProps {
  readonly attribute: Values;
  readonly path: readonly string[];
  readonly form: ItemForm;
  readonly number: number;
}

function Attribute({ attribute, path, form, number }: AttributeProps) {
  const type = String(attribute["type"] ?? "");
  const words = poolTypeWords[type];
  const parameters = Object.entries(poolTypes[type]?.parameters ?? {});
  const fault = form.faultOf(path);
  return (
    <Stack gap="sm" id={fieldId(path)}>
      <NativeSelect
        id={fieldId([...path, "type"])}
        label={`${number === 1 ? "" : "or "}attribute ${number}`.replace(/^\w/, (letter) => letter.toUpperCase())}
        description={words?.help ?? "What it asks of a person."}
        error={form.faultOf([...path, "type"])}
        value={type}
        onChange={(event) => form.change(path, kept(attribute, event.currentTarget.value))}
        data={[
          ...(words ? [] : [{ value: type, label: type === "" ? "Choose one" : `${type} (unknown)` }]),
          ...Object.entries(poolTypeWords).map(([name, { title }]) => ({ value: name, label: title })),
        ]}
      />
      {parameters.map(([parameter, kind]) => (
        <Parameter key={parameter} {...{ parameter, kind, type, form }} path={[...path, parameter]} />
      ))}
      {fault !== undefined && <div className={styles.problem}>{fault}</div>}
    </Stack>
  );
}

/** The parameters that the new type has, too, keep their values. */
function kept(attribute: Values, type: string): Values {
  const names = Object.keys(poolTypes[type]?.parameters ?? {});
  return {
    type,
    ...Object.fromEntries(names.filter((name) => name in attribute).map((name) => [name, attribute[name]])),
  };
}

interface ParameterProps {
  readonly parameter: string;
  readonly kind: string;
  readonly type: string;
  readonly path: readonly string[];
  readonly form: ItemForm;
}

function Parameter({ parameter, kind, type, path, form }: ParameterProps) {
  const title = poolParameterTitle(type, parameter);
  const value = form.valueAt(path);
  const id = fieldId(path);
  if (kind === "pool")
    return (
      <ReferenceControl
        field={{ name: parameter, title, help: "", kind: "text", required: true, refersTo: "pool" }}
        path={path}
        form={form}
      />
    );
  if (kind === "pools") {
    const chosen = Array.isArray(value) ? value.map(String) : [];
    return (
      <Input.Wrapper label={title} labelElement="div" labelProps={{ id: `${id}-label` }} error={form.faultWithin(path)}>
        <Chip.Group multiple value={chosen} onChange={(next) => form.change(path, next)}>
          <Group gap="xs" mt={6} id={id} role="group" aria-labelledby={`${id}-label`}>
            {form.choicesOf("pool").map(({ key }) => (
              <Chip key={key} value={key} size="sm">
                {key}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Input.Wrapper>
    );
  }
  const events = parameter === "aid" ? form.choicesOf("event") : [];
  const text = typeof value === "string" ? value : "";
  const isUnknown = parameter === "aid" && text.trim() !== "" && !events.some(({ key }) => key === text);
  return (
    <>
      <TextInput
        id={id}
        className={styles.middle}
        label={title}
        withAsterisk
        error={form.faultOf(path)}
        list={events.length > 0 ? `${id}-list` : undefined}
        value={text}
        onChange={(event) => form.change(path, event.currentTarget.value)}
      />
      {isUnknown && (
        <Alert color="yellow" variant="light" p="xs" className={styles.middle} role="status">
          No event has the code <bdi>{text}</bdi>. Check its spelling: the attribute finds only people whose records
          name this code.
        </Alert>
      )}
      {events.length > 0 && (
        <datalist id={`${id}-list`}>
          {events.map(({ key, label }) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </datalist>
      )}
    </>
  );
}

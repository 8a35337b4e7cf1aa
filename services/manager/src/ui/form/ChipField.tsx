"use client";
import { Chip, Group, Input, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { controlOf, type OrderFormState } from "./useOrderForm.ts";

interface Props {
  readonly form: OrderFormState;
  readonly field: "languages" | "testers";
  readonly required?: boolean;
  readonly description?: ReactNode;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: readonly string[];
  readonly disabled: boolean;
  /** Shown where there is nothing to choose from. */
  readonly nothing?: string;
  readonly onChange: (chosen: string[]) => void;
}

/** A multiple choice, one chip for each. */
export function ChipField({ form, field, required = false, description, ...props }: Props) {
  const { id, label, error } = controlOf(form, field);
  const { choices, chosen, disabled, nothing, onChange } = props;
  const part = (name: string) => ({ id: `${field}-${name}` });
  return (
    <Input.Wrapper
      label={label}
      required={required}
      labelElement="div"
      labelProps={part("label")}
      description={description}
      descriptionProps={part("description")}
      error={error}
      errorProps={part("error")}
    >
      <Chip.Group multiple value={[...chosen]} onChange={onChange}>
        <Group
          gap="xs"
          mt={6}
          id={id}
          role="group"
          aria-labelledby={part("label").id}
          aria-describedby={`${part("description").id} ${part("error").id}`}
        >
          {choices.map((choice) => (
            <Chip key={choice.value} value={choice.value} size="sm" disabled={disabled}>
              {choice.label}
            </Chip>
          ))}
          {choices.length === 0 && nothing && <Text size="sm">{nothing}</Text>}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  );
}

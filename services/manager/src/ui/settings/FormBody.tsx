"use client";
import type { Field } from "@email-agent/shared/domain/configuration/fields.ts";
import { Button, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { ErrorSummary, fixFields } from "../form/ErrorSummary.tsx";
import look from "../form/FormLook.module.css";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { FieldControl } from "./FieldControl.tsx";
import { FormPartView } from "./FormPartView.tsx";
import { formParts, pathTitle } from "./formSections.ts";
import styles from "./Settings.module.css";
import { focusPath, type ItemForm } from "./useItemForm.ts";

interface Props {
  readonly label: string;
  readonly fields: readonly Field[];
  readonly form: ItemForm;
  /** Shows the values, with nothing to change or save. */
  readonly isReadOnly?: boolean;
  readonly isSaving: boolean;
  /** Why the last save failed, unless fields were the reason. */
  readonly problem: unknown;
  /** Above the fields. */
  readonly notices?: ReactNode;
  /** Below the fields: what they lead to. */
  readonly effect?: ReactNode;
  onSave(): void;
  onDiscard(): void;
}

/** The form of an item or of all general settings: its parts, what is wrong, and the buttons that stay in view. */
export function FormBody(props: Props) {
  const { label, fields, form, isReadOnly = false, isSaving, problem, notices, effect, onSave, onDiscard } = props;
  const faults = Object.entries(form.faults);
  const sentences = Object.fromEntries(
    faults.map(([path, sentence]) => [path, `${pathTitle(fields, path)}: ${sentence}`]),
  );
  return (
    <form
      noValidate
      className={`${look.form} ${styles.form}`}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <Stack gap="md">
        {notices}
        <fieldset className={styles.fields} disabled={isReadOnly}>
          {formParts(fields).map((part) => (
            <FormPartView key={part.title} part={part}>
              {part.fields.map((field) => (
                <FieldControl key={field.name} field={field} path={[field.name]} form={form} />
              ))}
            </FormPartView>
          ))}
        </fieldset>
        {effect}
        {problem !== undefined && faults.length === 0 && <Problem error={problem} title="Not saved" />}
        <ErrorSummary errors={sentences} onChoose={focusPath} />
        {!isReadOnly && (
          <div className={look.actions}>
            <Text size="sm" role="status">
              {stateWords(form, faults.length)}
            </Text>
            <Group gap="sm">
              {form.isDirty && (
                <Button variant="default" onClick={onDiscard}>
                  Discard
                </Button>
              )}
              <BusyButton type="submit" busy={isSaving}>
                Save
              </BusyButton>
            </Group>
          </div>
        )}
      </Stack>
    </form>
  );
}

function stateWords({ isChecking, isDirty }: ItemForm, faults: number): string {
  if (isChecking) return "Checking…";
  if (faults > 0) return fixFields(faults);
  return isDirty ? "Unsaved changes" : "No changes";
}

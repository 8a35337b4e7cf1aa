"use client";
import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Options } from "../../api/orders.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { ErrorSummary, fixFields } from "./ErrorSummary.tsx";
import look from "./FormLook.module.css";
import { LanguageFields } from "./LanguageFields.tsx";
import { LeaveDialog } from "./LeaveDialog.tsx";
import { MailFields } from "./MailFields.tsx";
import { MailingFields } from "./MailingFields.tsx";
import styles from "./OrderForm.module.css";
import { SendingFields } from "./SendingFields.tsx";
import { typedTesterField } from "./TesterField.tsx";
import type { LeaveGuard } from "./useLeaveGuard.ts";
import { focusField, type OrderFormState } from "./useOrderForm.ts";

interface Props {
  readonly title: string;
  readonly options: Options;
  readonly form: OrderFormState;
  readonly guard: LeaveGuard;
  readonly ownId?: string;
  readonly isReadOnly: boolean;
  /** Send sleeps: only testers and the times of sending can change. */
  readonly isAsleep?: boolean;
  /** Alerts above the fields: why the form is read-only, what failed. */
  readonly notices?: ReactNode;
  /** Why the last save failed, unless a field was the reason. */
  readonly problem?: unknown;
  readonly saveLabel: string;
  readonly isSaving: boolean;
  readonly closeHref: string;
  onSave(): void;
}

/** The form of an order, new or edited: notices, errors, fields, and the buttons below them. */
export function FormFrame(props: Props) {
  const { title, options, form, guard, ownId, isReadOnly, isAsleep = false, notices, closeHref } = props;
  const errors = form.showsAll && !isReadOnly ? (form.judged.check?.fields ?? {}) : {};
  const isFixed = isReadOnly || isAsleep;
  const save = () => {
    const { email } = form.typedTester;
    if (email.trim() === "") return props.onSave();
    form.typeTester({ email, problem: "Add the address or clear it." });
    focusField(typedTesterField);
  };
  return (
    <form
      noValidate
      className={`${look.form} ${styles.root}`}
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Stack gap="md" mb="md">
        <Anchor component={Link} href={closeHref} size="sm">
          ← {ownId === undefined ? "Work orders" : "Back to the work order"}
        </Anchor>
        <Title order={1} size="h3">
          {title}
        </Title>
        {notices}
        <ErrorSummary errors={errors} />
      </Stack>
      <fieldset className={styles.form} disabled={isFixed} aria-label="Mailing, languages and mail">
        <MailingFields form={form} options={options} ownId={ownId} />
        <LanguageFields form={form} options={options} isReadOnly={isFixed} />
        <MailFields form={form} options={options} />
      </fieldset>
      <fieldset className={styles.form} disabled={isReadOnly} aria-label="Test and sending">
        <SendingFields form={form} options={options} isReadOnly={isReadOnly} isAsleep={isAsleep} />
      </fieldset>
      <FormActions {...props} />
      <LeaveDialog guard={guard} />
    </form>
  );
}

function FormActions({ form, isReadOnly, isSaving, saveLabel, closeHref, problem }: Props) {
  return (
    <div className={look.actions}>
      {problem !== undefined && (
        <div className={styles.problem}>
          <Problem error={problem} title="Not saved" />
        </div>
      )}
      <Text size="sm" role="status">
        {isReadOnly ? "Read-only" : stateWords(form)}
      </Text>
      <Group gap="sm">
        <Button component={Link} href={closeHref} variant="default">
          {isReadOnly ? "Close" : "Cancel"}
        </Button>
        {!isReadOnly && (
          <BusyButton type="submit" busy={isSaving}>
            {saveLabel}
          </BusyButton>
        )}
      </Group>
    </div>
  );
}

function stateWords({ judged, isDirty, errorOf }: OrderFormState): string {
  const shown = Object.keys(judged.check?.fields ?? {}).filter((name) => errorOf(name) !== undefined).length;
  if (judged.isChecking) return "Checking…";
  if (shown > 0) return fixFields(shown);
  return isDirty ? "Unsaved changes" : "No changes";
}

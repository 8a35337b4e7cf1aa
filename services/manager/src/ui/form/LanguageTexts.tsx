"use client";
import { fieldLabel } from "@email-agent/shared/domain/form/orderFields.ts";
import { ActionIcon, Group, Stack, Text, TextInput } from "@mantine/core";
import styles from "./OrderForm.module.css";
import { fieldId, type OrderFormState } from "./useOrderForm.ts";

interface Props {
  readonly form: OrderFormState;
  readonly code: string;
  readonly name: string;
  readonly subject: string;
  /** What the stage puts in front of the subject. */
  readonly prefix: string;
  readonly defaultPreviewText: string;
  /** The subject is that of the parent order. */
  readonly isInherited: boolean;
  /** The preview text of the parent order, if it has one. */
  readonly inheritedPreview: string | undefined;
  /** Absent where the order of languages cannot change. */
  readonly onMove?: ((by: -1 | 1) => void) | undefined;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** One language: its place in the order of processing, its subject behind the prefix of the stage, its preview text. */
export function LanguageTexts(props: Props) {
  const { form, code, name, subject, prefix, defaultPreviewText, isInherited, inheritedPreview } = props;
  const { values, change, errorOf } = form;
  const subjectName = `subjects.${code}`;
  const previewName = `previewTexts.${code}`;
  return (
    <Stack gap="xs" className={styles.language} role="group" aria-label={name}>
      <LanguageHead {...props} />
      <TextInput
        id={fieldId(subjectName)}
        label={fieldLabel("subjects")}
        aria-label={`Subject in ${name}${prefix === "" ? "" : `, behind “${prefix.trim()}”`}`}
        required
        readOnly={isInherited}
        inputContainer={(input) => (
          <div className={styles.subject}>
            {prefix !== "" && (
              <span className={styles.prefix} title={prefix}>
                {prefix.trimEnd()}
              </span>
            )}
            <div className={styles.subjectInput}>{input}</div>
          </div>
        )}
        value={subject}
        onChange={(event) =>
          change({ subjects: { ...values.subjects, [code]: event.currentTarget.value } }, subjectName)
        }
        error={errorOf(subjectName)}
      />
      <TextInput
        id={fieldId(previewName)}
        label={fieldLabel("previewTexts")}
        aria-label={`Preview text in ${name}`}
        placeholder={
          defaultPreviewText === "" ? "Optional: what inboxes show after the subject" : `Default: ${defaultPreviewText}`
        }
        readOnly={inheritedPreview !== undefined}
        value={inheritedPreview ?? values.previewTexts[code] ?? ""}
        onChange={(event) =>
          change({ previewTexts: { ...values.previewTexts, [code]: event.currentTarget.value } }, previewName)
        }
        error={errorOf(previewName)}
      />
    </Stack>
  );
}

function LanguageHead({ code, name, onMove, isFirst, isLast }: Props) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text fw={600} size="sm">
        {name}{" "}
        <Text span c="dimmed" inherit>
          {code}
        </Text>
      </Text>
      {onMove && (
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            variant="default"
            size="sm"
            disabled={isFirst}
            onClick={() => onMove(-1)}
            aria-label={`Move ${name} up`}
          >
            <span aria-hidden="true">↑</span>
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="sm"
            disabled={isLast}
            onClick={() => onMove(1)}
            aria-label={`Move ${name} down`}
          >
            <span aria-hidden="true">↓</span>
          </ActionIcon>
        </Group>
      )}
    </Group>
  );
}

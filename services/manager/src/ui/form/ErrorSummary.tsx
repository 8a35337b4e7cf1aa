"use client";
import { Alert, Anchor, List } from "@mantine/core";
import { fieldId, focusField } from "./useOrderForm.ts";

interface Props {
  /** Name of a field → sentence. */
  readonly errors: Readonly<Record<string, string>>;
  /** Puts the focus into a field by its name. */
  readonly onChoose?: (name: string) => void;
}

/** `Fix 4 fields` */
export function fixFields(fields: number): string {
  return `Fix ${fields} ${fields === 1 ? "field" : "fields"}`;
}

/** Everything that keeps the form from being saved; each sentence is a link to its field. */
export function ErrorSummary({ errors, onChoose = focusField }: Props) {
  const sentences = Object.entries(errors);
  if (sentences.length === 0) return null;
  const title = fixFields(sentences.length);
  return (
    <Alert color="red" variant="light" title={title} role="alert">
      <List size="sm" spacing={4}>
        {sentences.map(([name, sentence]) => (
          <List.Item key={name}>
            <Anchor
              href={`#${fieldId(name)}`}
              size="sm"
              c="inherit"
              underline="always"
              style={{ overflowWrap: "anywhere" }}
              onClick={(event) => {
                event.preventDefault();
                onChoose(name);
              }}
            >
              {sentence}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

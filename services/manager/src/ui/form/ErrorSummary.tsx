"use client";
import { Alert, Anchor, List } from "@mantine/core";
import { fieldId, focusField } from "./useOrderForm.ts";

/** `Fix 4 fields` */
export function fixFields(fields: number): string {
  return `Fix ${fields} ${fields === 1 ? "field" : "fields"}`;
}

/** Everything that keeps the form from being saved; each sentence is a link to its field. */
export function ErrorSummary({ errors }: { readonly errors: Readonly<Record<string, string>> }) {
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
              onClick={(event) => {
                event.preventDefault();
                focusField(name);
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

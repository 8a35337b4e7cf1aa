"use client";
import { Alert, Anchor, List } from "@mantine/core";
import { fieldId, focusField } from "./useOrderForm.ts";

/** Everything that keeps the form from being saved, each sentence leading to its field. */
export function ErrorSummary({ errors }: { readonly errors: Readonly<Record<string, string>> }) {
  const sentences = Object.entries(errors);
  if (sentences.length === 0) return null;
  const title = sentences.length === 1 ? "One field needs a repair" : `${sentences.length} fields need a repair`;
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

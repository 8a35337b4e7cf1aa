"use client";
import { Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { FormSection } from "../form/FormSection.tsx";
import type { FormPart } from "./formSections.ts";
import { partHints } from "./partHints.ts";

/** A part of a form with its title beside it; a form of one part has none. */
export function FormPartView({ part, children }: { readonly part: FormPart; readonly children: ReactNode }) {
  if (part.title === "") return <Stack gap="md">{children}</Stack>;
  return (
    <FormSection title={part.title} hint={partHints[part.title] ?? ""}>
      {children}
    </FormSection>
  );
}

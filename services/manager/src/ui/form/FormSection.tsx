import { Stack, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import styles from "./OrderForm.module.css";

/** A part of the form, with its title and a hint beside it. */
export function FormSection({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint: string;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div>
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        <p className={styles.hint}>{hint}</p>
      </div>
      <Stack gap="md">{children}</Stack>
    </section>
  );
}

import { Paper, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./SignInCard.module.css";

/** The card of the pages before sign-in. */
export function SignInCard({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className={styles.whole}>
      <Paper className={styles.card} withBorder radius="md" p="xl">
        <Stack gap="md">
          <svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--mantine-color-teal-7)" />
            <path d="M6 10h20v13H6z m0 1 10 8 10-8" fill="none" stroke="#fff" strokeWidth="2" />
          </svg>
          <Title order={1} size="h3">
            {title}
          </Title>
          {children}
        </Stack>
      </Paper>
    </main>
  );
}

"use client";
import { Container } from "@mantine/core";
import type { ReactNode } from "react";
import type { ShellFacts } from "../../api/shell.ts";
import styles from "./Shell.module.css";
import { ShellHeader } from "./ShellHeader.tsx";
import { ShellContext } from "./useShellFacts.ts";

/** Header and content of every signed-in page. */
export function Shell({ facts, children }: { readonly facts: ShellFacts; readonly children: ReactNode }) {
  return (
    <ShellContext value={facts}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <ShellHeader facts={facts} />
      <main id="content" tabIndex={-1} className={styles.main}>
        <Container size="xl" className={styles.content}>
          {children}
        </Container>
      </main>
    </ShellContext>
  );
}

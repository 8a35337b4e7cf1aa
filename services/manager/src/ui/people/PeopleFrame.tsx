"use client";
import { hasRight, type Right } from "@email-agent/shared/domain/role.ts";
import { Group, Stack, Title } from "@mantine/core";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./People.module.css";

/** The pages about many people, in the order of the navigation; `right`: only users who have it see the link. */
const pages: readonly { readonly name: string; readonly address: string; readonly right?: Right }[] = [
  { name: "Search", address: "/people" },
  { name: "Unsubscribed", address: "/people/unsubscribed" },
  { name: "Suppressed", address: "/people/suppressed" },
  { name: "Import and export", address: "/people/import", right: "write" },
];

/** Heading and navigation of the pages about many people. */
export function PeopleFrame({ children }: { readonly children: ReactNode }) {
  const here = usePathname();
  const viewer = useViewer();
  const shown = pages.filter(({ right }) => right === undefined || hasRight(viewer, right));
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline">
        <Title order={1} size="h3">
          People
        </Title>
        {shown.length > 1 && (
          <nav aria-label="People" className={styles.pages}>
            {shown.map(({ name, address }) => (
              <Link key={address} href={address} aria-current={address === here ? "page" : undefined}>
                {name}
              </Link>
            ))}
          </nav>
        )}
      </Group>
      {children}
    </Stack>
  );
}

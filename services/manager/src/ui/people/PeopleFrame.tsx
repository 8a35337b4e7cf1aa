"use client";
import { Group, Stack, Title } from "@mantine/core";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import styles from "./People.module.css";

/** The pages about many people, in the order of the navigation. */
const pages: readonly { readonly name: string; readonly address: string }[] = [{ name: "Search", address: "/people" }];

/** Heading and navigation of the pages about many people. */
export function PeopleFrame({ children }: { readonly children: ReactNode }) {
  const here = usePathname();
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline">
        <Title order={1} size="h3">
          People
        </Title>
        {pages.length > 1 && (
          <nav aria-label="People" className={styles.pages}>
            {pages.map(({ name, address }) => (
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

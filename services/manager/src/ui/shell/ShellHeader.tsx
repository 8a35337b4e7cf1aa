"use client";
import { Anchor, AppShell, Button, Group, Menu, Text, useMantineColorScheme } from "@mantine/core";
import Link from "next/link";
import type { ShellFacts } from "../../api/shell.ts";
import styles from "./Shell.module.css";

/** Name of the product, further pages, and the menu of whoever is signed in. */
export function ShellHeader({ facts }: { readonly facts: ShellFacts }) {
  return (
    <AppShell.Header>
      <Group h="100%" px="md" justify="space-between" wrap="nowrap">
        <Link href="/" className={styles.brand}>
          <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--mantine-color-teal-7)" />
            <path d="M6 10h20v13H6z m0 1 10 8 10-8" fill="none" stroke="#fff" strokeWidth="2" />
          </svg>
          Email Manager
        </Link>
        <Group gap="md" wrap="nowrap">
          {facts.links.map(({ name, address }) => (
            <Anchor key={name} href={address} target="_blank" rel="noreferrer" size="sm" c="inherit" visibleFrom="xs">
              {name}
            </Anchor>
          ))}
          <UserMenu facts={facts} />
        </Group>
      </Group>
    </AppShell.Header>
  );
}

function UserMenu({ facts }: { readonly facts: ShellFacts }) {
  const { toggleColorScheme } = useMantineColorScheme();
  const { name, role } = facts.viewer;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button variant="default" size="compact-md" fw={400}>
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{role === "write" ? "Write Enabled" : "Read Only"}</Menu.Label>
        {facts.links.map((link) => (
          <Menu.Item key={link.name} component="a" href={link.address} target="_blank" rel="noreferrer" hiddenFrom="xs">
            {link.name}
          </Menu.Item>
        ))}
        <Menu.Item onClick={toggleColorScheme}>Light or dark</Menu.Item>
        <form action="/api/auth/sign-out" method="post">
          <Menu.Item component="button" type="submit">
            Sign out
          </Menu.Item>
        </form>
        <Menu.Divider />
        <Text size="xs" c="dimmed" px="sm" pb={4}>
          Version {facts.version}
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}

"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Anchor, Button, useMantineColorScheme } from "@mantine/core";
import Link from "next/link";
import type { ShellFacts } from "../../api/shell.ts";
import { menuItem, PopupMenu } from "./PopupMenu.tsx";
import styles from "./Shell.module.css";

/** Name of the product, further pages, and the menu of the signed-in user. */
export function ShellHeader({ facts }: { readonly facts: ShellFacts }) {
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.brand}>
        <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="var(--mantine-color-teal-7)" />
          <path d="M6 10h20v13H6z m0 1 10 8 10-8" fill="none" stroke="#fff" strokeWidth="2" />
        </svg>
        Email Manager
      </Link>
      <div className={styles.links}>
        <Anchor component={Link} href="/glossary" size="sm" c="inherit" visibleFrom="xs">
          Glossary
        </Anchor>
        {facts.links.map(({ name, address }) => (
          <Anchor key={name} href={address} target="_blank" rel="noreferrer" size="sm" c="inherit" visibleFrom="xs">
            {name}
          </Anchor>
        ))}
        <UserMenu facts={facts} />
      </div>
    </header>
  );
}

function UserMenu({ facts }: { readonly facts: ShellFacts }) {
  const { toggleColorScheme } = useMantineColorScheme();
  const { name, role } = facts.viewer;
  return (
    <PopupMenu
      label={name}
      edge="end"
      note={mayWrite({ role }) ? "Write Enabled" : "Read Only"}
      foot={`Version ${facts.version}`}
      button={(props) => (
        <Button {...props} variant="default" size="compact-md" fw={400}>
          {name}
        </Button>
      )}
    >
      {() => (
        <>
          <Link href="/glossary" {...menuItem} data-narrow>
            Glossary
          </Link>
          {facts.links.map((link) => (
            <a key={link.name} {...menuItem} href={link.address} target="_blank" rel="noreferrer" data-narrow>
              {link.name}
            </a>
          ))}
          <button type="button" {...menuItem} onClick={toggleColorScheme}>
            Light or dark
          </button>
          <form action="/api/auth/sign-out" method="post">
            <button type="submit" {...menuItem}>
              Sign out
            </button>
          </form>
        </>
      )}
    </PopupMenu>
  );
}

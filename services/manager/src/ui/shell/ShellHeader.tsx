"use client";
import { hasRight, type Right, type Role } from "@email-agent/shared/domain/role.ts";
import { Anchor, Button } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import type { ShellFacts, Viewer } from "../../api/shell.ts";
import { later } from "./later.tsx";
import { menuItem, PopupMenu } from "./PopupMenu.tsx";
import styles from "./Shell.module.css";
import { useSwitchScheme } from "./useSwitchScheme.ts";

const roleNotes: Readonly<Record<Role, string>> = {
  read: "Read Only",
  write: "Write Enabled",
  admin: "Administrator",
};

const NoticesDialog = later(() => import("../notices/NoticesDialog.tsx").then((module) => module.NoticesDialog));

/** A page of the header; `right`: only users who have it see the link. */
interface Section {
  readonly name: string;
  readonly address: string;
  readonly right?: Right;
}

const sections: readonly Section[] = [
  { name: "People", address: "/people", right: "people" },
  { name: "Reports", address: "/reports" },
  { name: "Templates", address: "/templates" },
  { name: "Settings", address: "/settings", right: "admin" },
  { name: "Glossary", address: "/glossary" },
];

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
        {sectionsFor(facts.viewer).map(({ name, address }) => (
          <Anchor key={name} component={Link} href={address} size="sm" c="inherit" visibleFrom="sm">
            {name}
          </Anchor>
        ))}
        {facts.links.map(({ name, address }) => (
          <Anchor key={name} href={address} target="_blank" rel="noreferrer" size="sm" c="inherit" visibleFrom="sm">
            {name}
          </Anchor>
        ))}
        <UserMenu facts={facts} />
      </div>
    </header>
  );
}

function sectionsFor(viewer: Viewer): readonly Section[] {
  return sections.filter(({ right }) => right === undefined || hasRight(viewer, right));
}

function UserMenu({ facts }: { readonly facts: ShellFacts }) {
  const switchScheme = useSwitchScheme();
  const { name, role } = facts.viewer;
  const [isNoticesOpen, setNoticesOpen] = useState(false);
  return (
    <>
      <PopupMenu
        label={name}
        edge="end"
        note={roleNotes[role]}
        foot={`Version ${facts.version}`}
        button={(props) => (
          <Button {...props} variant="default" size="compact-md" fw={400}>
            {name}
          </Button>
        )}
      >
        {() => (
          <>
            {sectionsFor(facts.viewer).map((section) => (
              <Link key={section.name} href={section.address} {...menuItem} data-narrow>
                {section.name}
              </Link>
            ))}
            {facts.links.map((link) => (
              <a key={link.name} {...menuItem} href={link.address} target="_blank" rel="noreferrer" data-narrow>
                {link.name}
              </a>
            ))}
            <button type="button" {...menuItem} onClick={() => setNoticesOpen(true)}>
              Notices …
            </button>
            <button type="button" {...menuItem} onClick={switchScheme}>
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
      {isNoticesOpen && <NoticesDialog onClose={() => setNoticesOpen(false)} />}
    </>
  );
}

"use client";
import { useState } from "react";

/** The cursors of the pages up to the one that is shown, so that `Previous` works. */
export interface Trail {
  /** Cursor of the page that is shown; undefined for the first. */
  readonly cursor: string | undefined;
  /** How many pages are before it. */
  readonly depth: number;
  goOn(cursor: string): void;
  goBack(): void;
  restart(): void;
}

/** The trail through one list; another list begins at its first page. */
export function useTrail(list: string): Trail {
  const [walked, setWalked] = useState<{ of: string; cursors: readonly string[] }>({ of: list, cursors: [] });
  const cursors = walked.of === list ? walked.cursors : [];
  const set = (next: readonly string[]) => setWalked({ of: list, cursors: next });
  return {
    cursor: cursors.at(-1),
    depth: cursors.length,
    goOn: (cursor) => set([...cursors, cursor]),
    goBack: () => set(cursors.slice(0, -1)),
    restart: () => set([]),
  };
}

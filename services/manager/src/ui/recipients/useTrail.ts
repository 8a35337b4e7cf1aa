"use client";
import { useState } from "react";

/** The pages that were gone through to the one that is shown. */
export interface Trail {
  /** The cursor of the page that is shown; undefined for the first. */
  readonly cursor: string | undefined;
  /** How many pages lie before it. */
  readonly depth: number;
  goOn(cursor: string): void;
  goBack(): void;
  restart(): void;
}

/** The way through the pages of one list; another list begins at its first page. */
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

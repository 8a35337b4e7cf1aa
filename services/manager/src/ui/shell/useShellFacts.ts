"use client";
import { createContext, useContext } from "react";
import type { ShellFacts, Viewer } from "../../api/shell.ts";

export const ShellContext = createContext<ShellFacts | undefined>(undefined);

/** What every signed-in page knows. Throws outside them. */
export function useShellFacts(): ShellFacts {
  const facts = useContext(ShellContext);
  if (!facts) throw new Error("useShellFacts is for the signed-in pages.");
  return facts;
}

/** Who is signed in. Throws outside the signed-in pages. */
export function useViewer(): Viewer {
  return useShellFacts().viewer;
}

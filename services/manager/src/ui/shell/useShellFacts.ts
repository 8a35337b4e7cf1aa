"use client";
import { createContext, useContext } from "react";
import type { ShellFacts, Viewer } from "../../api/shell.ts";

export const ShellContext = createContext<ShellFacts | undefined>(undefined);

/** Facts for every signed-in page. Throws outside them. */
export function useShellFacts(): ShellFacts {
  const facts = useContext(ShellContext);
  if (!facts) throw new Error("useShellFacts is for the signed-in pages.");
  return facts;
}

/** The signed-in user. Throws outside the signed-in pages. */
export function useViewer(): Viewer {
  return useShellFacts().viewer;
}

"use client";
import { useEffect } from "react";
import type { Look } from "../shell/statusLooks.ts";

type Tone = Look["tone"];

/** The colours of the badge in the icon of the tab; quiet: no badge. */
const colours: Readonly<Partial<Record<Tone, string>>> = {
  wait: "#1971c2",
  good: "#2b8a3e",
  bad: "#c92a2a",
  doubt: "#f08c00",
  sleep: "#7048e8",
};

/** The icon of app/icon.svg with a round badge. */
function iconWith(colour: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#12b886"/><path d="M6 10h20v13H6z" fill="none" stroke="#fff" stroke-width="2"/><path d="m6 11 10 8 10-8" fill="none" stroke="#fff" stroke-width="2"/><circle cx="23" cy="23" r="8" fill="${colour}" stroke="#fff" stroke-width="2"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Marks the icon of the tab while the component is there. */
export function useTabIcon(tone: Tone | undefined): void {
  const colour = tone && colours[tone];
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel~="icon"]');
    if (!link || colour === undefined) return;
    const plain = link.href;
    link.href = iconWith(colour);
    return () => {
      link.href = plain;
    };
  }, [colour]);
}

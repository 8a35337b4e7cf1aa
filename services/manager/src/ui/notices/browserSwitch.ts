"use client";
import { useMemo, useSyncExternalStore } from "react";

/** Whether this browser shows notices. `blocked`: its user refused them, which only its settings change. */
export type BrowserNoticeState = "unsupported" | "blocked" | "off" | "on";

const keptAs = "browser-notices";
const changed = "browser-notices-changed";

function state(): BrowserNoticeState {
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const isOn = localStorage.getItem(keptAs) === "on" && Notification.permission === "granted";
  return isOn ? "on" : "off";
}

function subscribe(onChange: () => void): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  // `storage` comes from the other tabs of this browser.
  addEventListener("storage", onChange, { signal });
  addEventListener(changed, onChange, { signal });
  return () => ending.abort();
}

function keep(value: "on" | "off"): void {
  localStorage.setItem(keptAs, value);
  dispatchEvent(new Event(changed));
}

/** The switch of this browser; it asks for permission when it is turned on, and at no other time. */
export function useBrowserSwitch() {
  const now = useSyncExternalStore(subscribe, state, (): BrowserNoticeState => "off");
  return useMemo(
    () => ({
      state: now,
      async turn(isOn: boolean): Promise<void> {
        if (isOn) await Notification.requestPermission();
        keep(isOn ? "on" : "off");
      },
    }),
    [now],
  );
}

"use client";
import { type ReactNode, useEffect, useState } from "react";
import { browserPorts } from "./browserPorts.ts";
import { type LiveStore, liveStore } from "./liveStore.ts";
import { LiveContext } from "./useLive.ts";

/** Keeps the work orders of all pages inside current, over one WebSocket. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [store] = useState(() => liveStore(browserPorts()));
  useEffect(() => store.open(), [store]);
  useEffect(() => watchBrowser(store), [store]);
  return <LiveContext value={store}>{children}</LiveContext>;
}

function watchBrowser(store: LiveStore): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  addEventListener("online", () => store.notice("online"), { signal });
  addEventListener("offline", () => store.notice("offline"), { signal });
  document.addEventListener(
    "visibilitychange",
    () => document.visibilityState === "visible" && store.notice("visible"),
    { signal },
  );
  return () => ending.abort();
}

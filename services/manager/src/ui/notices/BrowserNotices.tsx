"use client";
import dynamic from "next/dynamic";
import { useBrowserSwitch } from "./browserSwitch.ts";

// Its rules load only where notices are on.
const ShownNotices = dynamic(() => import("./ShownNotices.tsx").then((module) => module.ShownNotices), { ssr: false });

/** Shows notices of Sends as notifications of the browser, where its user switched them on. */
export function BrowserNotices() {
  const { state } = useBrowserSwitch();
  return state === "on" ? <ShownNotices /> : undefined;
}

import { MantineProvider } from "@mantine/core";
import { AppRouterContext } from "next/dist/shared/lib/app-router-context.shared-runtime.js";
import { createElement, type ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { SWRConfig } from "swr";
import type { Options } from "../src/api/orders.ts";
import { liveStore } from "../src/ui/live/liveStore.ts";
import { LiveContext } from "../src/ui/live/useLive.ts";
import { ShellContext } from "../src/ui/shell/useShellFacts.ts";
import { liveFixture } from "./liveFixture.ts";

/** The text of a component on the page of a signed-in user, with a space between elements. `options`: of `/api/options`. */
export function renderPage(element: ReactElement, options?: Partial<Options>): string {
  const viewer = {
    id: "anna",
    name: "Anna",
    role: "write" as const,
    showAddresses: true,
    exportCsv: true,
    people: true,
  };
  const router = { push() {}, replace() {}, refresh() {}, back() {}, forward() {}, prefetch() {} };
  const read = createElement(SWRConfig, { value: { fallback: options ? { "/api/options": options } : {} } }, element);
  const live = createElement(LiveContext, { value: liveStore(liveFixture().ports) }, read);
  const signedIn = createElement(ShellContext, { value: { viewer, version: "1", links: [] } }, live);
  const routed = createElement(AppRouterContext, { value: router as never }, signedIn);
  return renderToString(createElement(MantineProvider, null, routed))
    .replace(/<style.*?<\/style>/gs, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

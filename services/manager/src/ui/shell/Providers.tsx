"use client";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { setNonce } from "get-nonce";
import { type ReactNode, useState } from "react";
import { cssVariables, theme } from "./theme.ts";

/** The look of all pages. `nonce`: what the content security policy lets styles carry. */
export function Providers({ nonce, children }: { readonly nonce: string; readonly children: ReactNode }) {
  // Dialogs keep the page behind them from scrolling by a style of their own, which asks there for its nonce.
  useState(() => typeof window !== "undefined" && setNonce(nonce));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="dark"
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-right" limit={4} />
      {children}
    </MantineProvider>
  );
}

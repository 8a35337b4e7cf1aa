"use client";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { setNonce } from "get-nonce";
import { type ReactNode, useState } from "react";
import { defaultColorScheme } from "./colorScheme.ts";
import styles from "./Providers.module.css";
import { cssVariables, theme } from "./theme.ts";

/** Theme and notifications of all pages. `nonce`: lets styles pass the content security policy. */
export function Providers({ nonce, children }: { readonly nonce: string; readonly children: ReactNode }) {
  // The style by which dialogs stop the page behind them from scrolling takes its nonce from there.
  useState(() => typeof window !== "undefined" && setNonce(nonce));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme={defaultColorScheme}
      getStyleNonce={() => nonce}
    >
      <Notifications position="top-right" limit={4} className={styles.notices} />
      {children}
    </MantineProvider>
  );
}

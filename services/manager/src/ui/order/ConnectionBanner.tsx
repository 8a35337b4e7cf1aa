"use client";
import { Alert } from "@mantine/core";
import { useEffect, useState } from "react";
import { useConnection } from "../live/useLive.ts";
import styles from "./OrderPage.module.css";

/** A banner while the page receives no changes. Not while it connects for the first time: the page is loading anyway. */
export function ConnectionBanner() {
  const connection = useConnection();
  const [wasConnected, setWasConnected] = useState(false);
  useEffect(() => {
    if (connection === "connected") setWasConnected(true);
  }, [connection]);
  const isCut = connection === "disconnected" || (connection === "connecting" && wasConnected);
  return (
    <div role="status" className={styles.banner}>
      {isCut && (
        <Alert color="yellow" variant="filled" autoContrast py="xs">
          Reconnecting… This page may be out of date. Steps can be stopped but not started.
        </Alert>
      )}
    </div>
  );
}

"use client";
import { Alert } from "@mantine/core";
import { useEffect, useState } from "react";
import { useConnection } from "../live/useLive.ts";
import styles from "./OrderPage.module.css";

/** Says while the page cannot hear of changes. The first connecting is not told: the page is loading anyway. */
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
          Reconnecting… what you see may be out of date, and steps cannot be started or stopped.
        </Alert>
      )}
    </div>
  );
}

"use client";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Anchor } from "@mantine/core";
import { useConnection, useOrders } from "../live/useLive.ts";
import styles from "./Shell.module.css";
import { useShellFacts } from "./useShellFacts.ts";

const words = {
  connected: "Connected",
  connecting: "Connecting…",
  disconnected: "Disconnected: this page may be out of date",
};

/** The line at the foot of the list: orders, connection, rights, archive, user, version. */
export function StatusBar({ onArchive }: { readonly onArchive: () => void }) {
  const { orders } = useOrders();
  const connection = useConnection();
  const { viewer, version } = useShellFacts();
  const archived = orders.filter((order) => order.archived).length;
  return (
    <footer className={styles.statusBar}>
      <span>{counted(orders.length - archived, "work order", "work orders")}</span>
      <span role="status">
        <span className={styles.dot} data-connection={connection} aria-hidden="true" />
        {words[connection]}
      </span>
      <span>{mayWrite(viewer) ? "Write Enabled" : "Read Only"}</span>
      <Anchor component="button" type="button" size="xs" onClick={onArchive}>
        Archived orders ({count(archived)})
      </Anchor>
      <span>{viewer.name}</span>
      <span>Version {version}</span>
    </footer>
  );
}

"use client";
import { Button, Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { useViewer } from "../shell/useShellFacts.ts";
import { listAddress, type ShownList } from "./listAddress.ts";
import styles from "./Recipients.module.css";
import { hasList } from "./recipientWords.ts";

/** The list as a CSV file, with its filter, all pages; a search is not part of it. Who may not export is told so. */
export function ExportLink({ order, shown }: { readonly order: Order; readonly shown: ShownList }) {
  const { exportCsv } = useViewer();
  const { q: _, ...list } = shown;
  if (!exportCsv)
    return (
      <Text size="xs" c="dimmed">
        Your rights do not include exports.
      </Text>
    );
  if (!hasList(order, shown.list, shown.mailing)) return undefined;
  return (
    <Button
      component="a"
      href={`/api/work-orders/${order.id}/recipients.csv${listAddress("", list)}`}
      download
      aria-label="Download CSV"
      size="compact-sm"
      variant="default"
    >
      <span className={styles.wideWord}>Download&nbsp;</span>CSV
    </Button>
  );
}

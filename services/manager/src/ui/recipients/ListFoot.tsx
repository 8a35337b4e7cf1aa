"use client";
import { Button, Group, Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import type { RecipientPage } from "../../api/recipients.ts";
import { useViewer } from "../shell/useShellFacts.ts";
import { listAddress, type ShownList } from "./listAddress.ts";
import { pageWords } from "./pageWords.ts";
import styles from "./Recipients.module.css";
import { hasList } from "./recipientWords.ts";
import type { PageState } from "./useRecipientPage.ts";

interface ListFootProps {
  readonly order: Order;
  readonly shown: ShownList;
  readonly phase: PageState["phase"];
  readonly page: RecipientPage | undefined;
  readonly refresh: () => void;
  /** Absent on the first page, and on the last. */
  readonly goBack: (() => void) | undefined;
  readonly goOn: (() => void) | undefined;
}

/** Pagination of a list: the position in it, CSV export, refresh, previous and next page. */
export function ListFoot({ order, shown, phase, page, refresh, goBack, goOn }: ListFootProps) {
  const button = { size: "compact-sm", variant: "default" } as const;
  return (
    <div className={styles.foot}>
      <Text size="sm" role="status" aria-live="polite">
        {pageWords({ phase, shown, ...(page && { page }) })}
      </Text>
      <Group gap="xs">
        <ExportLink order={order} shown={shown} />
        <Button {...button} onClick={refresh}>
          Refresh
        </Button>
        {/* Disabled buttons lose the focus to the top of the page, so at an end of the list these only look disabled. */}
        <Button {...button} data-disabled={!goBack || undefined} aria-disabled={!goBack} onClick={goBack}>
          Previous
        </Button>
        <Button {...button} data-disabled={!goOn || undefined} aria-disabled={!goOn} onClick={goOn}>
          Next
        </Button>
      </Group>
    </div>
  );
}

/** CSV export of the whole list with its filter, but without a search; without the right to export, a note. */
function ExportLink({ order, shown }: { readonly order: Order; readonly shown: ShownList }) {
  const { exportCsv } = useViewer();
  const { q: _, ...list } = shown;
  if (!exportCsv)
    return (
      <Text size="xs" c="dimmed">
        You do not have the right to export.
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

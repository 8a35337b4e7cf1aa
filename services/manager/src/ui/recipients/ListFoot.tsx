"use client";
import { Button, Group, Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import type { RecipientPage } from "../../api/recipients.ts";
import { ExportLink } from "./ExportLink.tsx";
import type { ShownList } from "./listAddress.ts";
import { pageWords } from "./pageWords.ts";
import styles from "./Recipients.module.css";
import type { PageState } from "./useRecipientPage.ts";

interface ListFootProps {
  readonly order: Order;
  readonly shown: ShownList;
  readonly phase: PageState["phase"];
  readonly page: RecipientPage | undefined;
  readonly readAgain: () => void;
  /** Absent on the first page, and on the last. */
  readonly goBack: (() => void) | undefined;
  readonly goOn: (() => void) | undefined;
}

/** Where one stands in the list, and the ways on. */
export function ListFoot({ order, shown, phase, page, readAgain, goBack, goOn }: ListFootProps) {
  const button = { size: "compact-sm", variant: "default" } as const;
  return (
    <div className={styles.foot}>
      <Text size="sm" role="status" aria-live="polite">
        {pageWords({ phase, shown, ...(page && { page }) })}
      </Text>
      <Group gap="xs">
        <ExportLink order={order} shown={shown} />
        <Button {...button} onClick={readAgain}>
          Read again
        </Button>
        {/* At an end of the list they look disabled and keep the focus, which would fall to the top of the page. */}
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

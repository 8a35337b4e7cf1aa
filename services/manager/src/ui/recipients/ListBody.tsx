"use client";
import { Button, Loader, Text } from "@mantine/core";
import { type ReactNode, type RefObject, useEffect } from "react";
import type { Order } from "../../api/orders.ts";
import type { RecipientRow } from "../../api/recipients.ts";
import { Problem } from "../shell/Problem.tsx";
import { changeList, type ShownList } from "./listAddress.ts";
import styles from "./Recipients.module.css";
import { RecipientsTable } from "./RecipientsTable.tsx";
import { emptyWords, listTitles } from "./recipientWords.ts";
import type { PageState } from "./useRecipientPage.ts";
import type { Selection } from "./useSelection.ts";

interface ListBodyProps {
  readonly ref: RefObject<HTMLElement | null>;
  readonly order: Order;
  readonly shown: ShownList;
  readonly phase: PageState["phase"];
  readonly rows: readonly RecipientRow[];
  /** Changes with the page, so that each is shown from its top. */
  readonly pageKey: string;
  readonly error: unknown;
  readonly refresh: () => void;
  readonly mayResolve: boolean;
  readonly selection: Selection<RecipientRow> | undefined;
  readonly onLookAt: (row: RecipientRow) => void;
}

/** The rows of a list, or why it is empty, or that it is loading. It scrolls on its own, by keyboard too. */
export function ListBody({ ref, order, shown, phase, rows, pageKey, error, refresh, ...table }: ListBodyProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page scrolls to the top
  useEffect(() => {
    ref.current?.scrollTo({ top: 0 });
  }, [pageKey]);
  const title = listTitles[shown.list];
  return (
    <section ref={ref} className={styles.scroll} aria-label={title} tabIndex={rows.length > 0 ? 0 : -1}>
      {error !== undefined && <Problem title="The list could not be loaded" error={error} retry={refresh} />}
      {rows.length > 0 && (
        <RecipientsTable
          list={shown.list}
          caption={`${title}, ${shown.language}`}
          rows={rows}
          isStale={phase === "loading" && !shown.q}
          {...table}
        />
      )}
      {rows.length === 0 && phase === "loading" && (
        <Message>
          <Loader size="sm" role="status" aria-label="Loading the list" />
        </Message>
      )}
      {rows.length === 0 && phase === "ready" && (
        <Message>
          <Text size="sm">{emptyWords(order, shown)}</Text>
          {(shown.status || shown.reason || shown.q) && (
            <Button
              mt="sm"
              size="compact-sm"
              variant="default"
              onClick={() =>
                changeList({
                  list: shown.list,
                  ...(shown.mailing && { mailing: shown.mailing }),
                  language: shown.language,
                })
              }
            >
              Show the whole list
            </Button>
          )}
        </Message>
      )}
    </section>
  );
}

function Message({ children }: { readonly children: ReactNode }) {
  return <div className={styles.message}>{children}</div>;
}

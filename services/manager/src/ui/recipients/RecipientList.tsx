"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Tabs } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useSWRConfig } from "swr";
import type { Order } from "../../api/orders.ts";
import type { RecipientRow } from "../../api/recipients.ts";
import { isOfDoubts as isReadOfDoubts } from "../doubts/useCauses.ts";
import { RequestFailed } from "../http.ts";
import { later } from "../shell/later.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { ListBody } from "./ListBody.tsx";
import { ListControls } from "./ListControls.tsx";
import { ListFoot } from "./ListFoot.tsx";
import { changeList, listAddress, type ShownList } from "./listAddress.ts";
import styles from "./Recipients.module.css";
import { ResolveDialog } from "./ResolveDialog.tsx";
import { RetrySelection } from "./RetrySelection.tsx";
import { SelectionBar } from "./SelectionBar.tsx";
import { useRecipientPage } from "./useRecipientPage.ts";
import { useSelection } from "./useSelection.ts";
import { useTrail } from "./useTrail.ts";

const LiftDialog = later(() => import("./LiftDialog.tsx").then((module) => module.LiftDialog));

interface RecipientListProps {
  readonly order: Order;
  readonly shown: ShownList;
  /** The row whose dialog is open over the list. */
  readonly resolving: RecipientRow | undefined;
  readonly setResolving: (row: RecipientRow | undefined) => void;
}

/** One list of an order, page by page. */
export function RecipientList({ order, shown, resolving, setResolving }: RecipientListProps) {
  const list = listAddress("", shown);
  const trail = useTrail(list);
  const { mutate } = useSWRConfig();
  const { phase, page, error, again } = useRecipientPage(order.id, shown, trail.cursor);
  const { rows, onResolved, forget } = useResolved(order.id, page?.rows);
  const mayResolve = mayWrite(useViewer());
  const selection = useSelection(list, claimOf);
  const isOfDoubts = mayResolve && shown.list === "send" && shown.status === "in-doubt";
  const isOfFailed = mayResolve && shown.list === "send" && shown.status === "failed" && shown.mailing === undefined;
  const body = useRef<HTMLElement>(null);
  const { restart } = trail;
  const isRemade = error instanceof RequestFailed && error.details["reason"] === "list-changed";
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each such response
  useEffect(() => {
    if (isRemade) restart();
  }, [isRemade]);

  const refresh = () => {
    forget();
    again();
  };
  const onManyResolved = () => {
    selection.clear();
    restart();
    refresh();
    void mutate((key) => isReadOfDoubts(key, order.id));
    setTimeout(() => body.current?.focus(), 50);
  };
  const next = phase === "ready" ? page?.next : undefined;
  const common = { order, shown, phase, refresh };
  return (
    <Tabs
      value={shown.language}
      onChange={(language) => language && changeList({ ...shown, language })}
      className={styles.window}
    >
      <ListControls order={order} shown={shown} />
      {isOfDoubts && rows.length > 0 && (
        <SelectionBar order={order} shown={shown} selection={selection} onDone={onManyResolved} />
      )}
      {isOfFailed && rows.length > 0 && <RetrySelection order={order} shown={shown} selection={selection} />}
      <Tabs.Panel value={shown.language} className={styles.panel}>
        <ListBody
          {...common}
          ref={body}
          rows={rows}
          pageKey={`${list} ${trail.depth}`}
          error={phase === "failed" && !isRemade ? error : undefined}
          mayResolve={mayResolve}
          selection={isOfDoubts || isOfFailed ? selection : undefined}
          onLookAt={setResolving}
        />
      </Tabs.Panel>
      <ListFoot
        {...common}
        page={page}
        goBack={trail.depth > 0 ? trail.goBack : undefined}
        goOn={next === undefined ? undefined : () => trail.goOn(next)}
      />
      <ResolveDialog
        order={order}
        shown={shown}
        row={resolving?.status === "skipped" ? undefined : resolving}
        onClose={() => setResolving(undefined)}
        onResolved={(row) => {
          if (resolving) onResolved(resolving, row);
          setResolving(undefined);
          // The button that opened the dialog is gone, so the list gets the focus.
          setTimeout(() => body.current?.focus(), 50);
        }}
      />
      {resolving?.status === "skipped" && (
        <LiftDialog
          orderId={order.id}
          row={resolving}
          onClose={() => setResolving(undefined)}
          onLifted={() => {
            setResolving(undefined);
            refresh();
            setTimeout(() => body.current?.focus(), 50);
          }}
        />
      )}
    </Tabs>
  );
}

const claimOf = (row: RecipientRow) => `${row.participantId} ${row.claimId}`;

/** The rows, updated with what this user has resolved since they were read. */
function useResolved(orderId: string, read: readonly RecipientRow[] = []) {
  const [resolved, setResolved] = useState<ReadonlyMap<string, RecipientRow>>(new Map());
  const { mutate } = useSWRConfig();
  return {
    rows: read.map((row) => resolved.get(claimOf(row)) ?? row),
    onResolved(before: RecipientRow, row: RecipientRow) {
      setResolved((all) => new Map(all).set(claimOf(before), row));
      // The reconciliation of this order is out of date.
      void mutate((key) => Array.isArray(key) && key[0] === "reconciliation" && key[1] === orderId);
    },
    forget: () => setResolved(new Map()),
  };
}

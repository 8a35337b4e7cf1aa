"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Button, Group } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import table from "../shell/Table.module.css";
import { OrderRow } from "./OrderRow.tsx";
import styles from "./OrderTable.module.css";
import { SortHeader, SortSelect } from "./SortControls.tsx";
import { type Sort, sortColumns, sortNames, sortOrders } from "./sortOrders.ts";
import { useMailingNames, useOptions, useUserName } from "./useOptions.ts";
import { useReturnedOfOrders } from "./useReturnedOfOrders.ts";
import { useRowFocus } from "./useRowFocus.ts";

const rowsAtOnce = 60;

interface Props {
  readonly orders: readonly Order[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

/** The table of work orders. Rows render as they come near the viewport, so that thousands open as fast as ten. */
export function OrderTable({ orders: unsorted, sort, onSort }: Props) {
  const { options } = useOptions();
  const nameOf = useUserName();
  const namesOf = useMailingNames();
  const orders = useMemo(() => sortOrders(unsorted, sort, { namesOf, nameOf }), [unsorted, sort, namesOf, nameOf]);
  const [rows, setRows] = useState(rowsAtOnce);
  const body = useRef<HTMLTableSectionElement>(null);
  const focus = useRowFocus(body, orders);
  const { ref, entry } = useIntersection({ rootMargin: "800px" });
  const isNear = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (isNear) setRows((before) => before + rowsAtOnce);
  }, [isNear]);
  const shown = orders.slice(0, rows);
  const returned = useReturnedOfOrders(shown);
  const confirmations = useMemo(
    () => new Set(options?.stages.filter((stage) => stage.confirmation).map((stage) => stage.name)),
    [options],
  );
  return (
    <>
      <SortSelect sort={sort} onSort={onSort} />
      <table
        className={`${table.table} ${table.sheet} ${styles.table}`}
        aria-label={`Work orders, by ${sortColumns[sort.column].label.toLowerCase()}, ${sort.direction}`}
      >
        <thead>
          <tr>
            <th scope="col">Actions</th>
            {sortNames.map((name) => (
              <SortHeader key={name} name={name} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody ref={body} {...focus}>
          {shown.map((order) => (
            <OrderRow
              key={order.id}
              order={order}
              isConfirmation={confirmations.has(order.stage)}
              creator={nameOf(order.createdBy)}
              event={namesOf(order).event}
              stage={namesOf(order).stage}
              returned={returned[order.id] ?? 0}
            />
          ))}
        </tbody>
      </table>
      {rows < orders.length && (
        <Group justify="center" ref={ref}>
          <Button variant="subtle" onClick={() => setRows(rows + rowsAtOnce)}>
            Show more ({count(orders.length - rows)} left)
          </Button>
        </Group>
      )}
    </>
  );
}

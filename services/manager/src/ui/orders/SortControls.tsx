"use client";
import { Button, Group, NativeSelect } from "@mantine/core";
import styles from "./OrderTable.module.css";
import { type Sort, sortColumns, sortNames } from "./sortOrders.ts";

interface Props {
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

const opposite = { ascending: "descending", descending: "ascending" } as const;
const arrows = { ascending: "▲", descending: "▼" } as const;

/** The head of a column: a button that sorts by it, and turns the order around at the second press. */
export function SortHeader({ name, sort, onSort }: Props & { readonly name: Sort["column"] }) {
  const isSorted = sort.column === name;
  return (
    <th scope="col" data-column={name} aria-sort={isSorted ? sort.direction : "none"}>
      <button
        type="button"
        className={styles.sort}
        onClick={() => onSort({ column: name, direction: isSorted ? opposite[sort.direction] : "ascending" })}
      >
        {sortColumns[name].label}
        <span aria-hidden="true" className={styles.arrow} data-sorted={isSorted}>
          {arrows[isSorted ? sort.direction : "ascending"]}
        </span>
      </button>
    </th>
  );
}

/** The same on a phone, where rows are cards without a head. */
export function SortSelect({ sort, onSort }: Props) {
  return (
    <Group gap="xs" className={styles.sortSelect} wrap="nowrap">
      <NativeSelect
        aria-label="Sort by"
        data={sortNames.map((name) => ({ value: name, label: `Sort by ${sortColumns[name].label}` }))}
        value={sort.column}
        onChange={(event) => onSort({ ...sort, column: event.currentTarget.value as Sort["column"] })}
        style={{ flex: 1 }}
      />
      <Button
        variant="default"
        aria-label={`Sorted ${sort.direction}: turn around`}
        onClick={() => onSort({ ...sort, direction: opposite[sort.direction] })}
      >
        {arrows[sort.direction]}
      </Button>
    </Group>
  );
}

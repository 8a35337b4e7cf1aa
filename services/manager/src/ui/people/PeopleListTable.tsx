import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Checkbox } from "@mantine/core";
import Link from "next/link";
import type { PeopleListName, PeopleListRow } from "../../api/peopleLists.ts";
import { Moment } from "../shell/Moment.tsx";
import table from "../shell/Table.module.css";
import styles from "./People.module.css";
import { personAddress } from "./personAddress.ts";

/** Unsubscribed or suppressed people as rows, with boxes to select them if the user may change people. */
export function PeopleListTable({
  list,
  rows,
  from,
  timeZone,
  isStale,
  selected,
  onSelect,
}: {
  readonly list: PeopleListName;
  readonly rows: readonly PeopleListRow[];
  readonly from: number;
  /** Of the times shown. */
  readonly timeZone: string;
  readonly isStale: boolean;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (selected: ReadonlySet<string>) => void;
}) {
  const set = (ids: readonly string[], isWanted: boolean) => {
    const next = new Set(selected);
    for (const id of ids) isWanted ? next.add(id) : next.delete(id);
    onSelect?.(next);
  };
  const all = rows.map(({ id }) => id);
  const isAll = selected !== undefined && all.every((id) => selected.has(id));
  return (
    <table
      className={`${table.table} ${table.sheet} ${table.stacks} ${styles.people} ${styles.list}`}
      aria-label={list === "suppressed" ? "Suppressed people" : "Unsubscribed people"}
      aria-busy={isStale}
      data-stale={isStale || undefined}
    >
      <thead>
        <tr>
          {selected && (
            <th scope="col">
              <Checkbox
                size="xs"
                checked={isAll}
                indeterminate={!isAll && all.some((id) => selected.has(id))}
                onChange={() => set(all, !isAll)}
                aria-label="Select everyone on this page"
              />
            </th>
          )}
          <th scope="col" className={table.number}>
            No.
          </th>
          <th scope="col">Name</th>
          <th scope="col">Email</th>
          <th scope="col">Since</th>
          <th scope="col">{list === "suppressed" ? "SMTP code" : "How"}</th>
          <th scope="col">Id</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => {
          const { id, name, email, unsubscribed, suppressed, by } = row;
          const since = list === "suppressed" ? suppressed?.at : unsubscribed?.at;
          return (
            <tr key={id}>
              {selected && (
                <td className={styles.box}>
                  <Checkbox
                    size="xs"
                    checked={selected.has(id)}
                    onChange={(event) => set([id], event.currentTarget.checked)}
                    aria-label={`Select ${name || id}`}
                  />
                </td>
              )}
              <td className={`${table.number} ${styles.place}`}>{count(from + index)}</td>
              <th scope="row" className={styles.name}>
                <Link href={personAddress(id)} prefetch={false}>
                  {name || id}
                </Link>
              </th>
              <td className={styles.long}>{email}</td>
              <td>{since ? <Moment at={since} zone={timeZone} /> : "Not known"}</td>
              <td className={styles.long}>{list === "suppressed" ? suppressed?.code : howWords(by)}</td>
              <td className={styles.long} data-label="Id">
                {id}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function howWords(by: string | undefined): string {
  if (by === undefined) return "Not known";
  return by === "user" ? "By a user" : `Link in ${by}`;
}

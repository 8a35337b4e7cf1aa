import { count } from "@email-agent/shared/domain/numberWords.ts";
import Link from "next/link";
import type { KeyboardEvent } from "react";
import type { PeoplePage } from "../../api/people.ts";
import { Sign } from "../shell/Sign.tsx";
import table from "../shell/Table.module.css";
import styles from "./People.module.css";
import { personLooks } from "./peopleWords.ts";
import { personAddress } from "./personAddress.ts";

/** People as rows, each a link to their page. The arrow keys go from name to name. */
export function PeopleTable({
  page: { rows, from },
  caption,
  isStale,
}: {
  readonly page: Pick<PeoplePage, "rows" | "from">;
  readonly caption: string;
  readonly isStale: boolean;
}) {
  return (
    <table
      className={`${table.table} ${table.sheet} ${table.stacks} ${styles.people}`}
      aria-label={caption}
      aria-busy={isStale}
      data-stale={isStale || undefined}
      onKeyDown={moveByArrow}
    >
      <thead>
        <tr>
          <th scope="col" className={table.number}>
            No.
          </th>
          <th scope="col">Name</th>
          <th scope="col">Email</th>
          <th scope="col">Language</th>
          <th scope="col">Country</th>
          <th scope="col">Mail</th>
          <th scope="col">Id</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={row.id}>
            <td className={table.number}>{count(from + index)}</td>
            <th scope="row" className={styles.name}>
              <Link href={personAddress(row.id)} prefetch={false}>
                {row.name || row.id}
              </Link>
            </th>
            <td className={styles.long}>{row.email}</td>
            <td>{row.language}</td>
            <td>{row.country}</td>
            <td className={styles.signs}>
              {personLooks(row).map((look) => (
                <Sign key={look.word} look={look} />
              ))}
            </td>
            <td className={styles.long} data-label="Id">
              {row.id}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function moveByArrow(event: KeyboardEvent<HTMLTableElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("tbody th a")];
  const to = links[links.indexOf(document.activeElement as HTMLElement) + by];
  if (!to) return;
  event.preventDefault();
  to.focus();
}

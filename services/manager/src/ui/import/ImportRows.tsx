"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Anchor, Group, Skeleton, Text, Title } from "@mantine/core";
import useSWR from "swr";
import type { ImportList, ImportRow } from "../../api/imports.ts";
import { call } from "../http.ts";
import { Problem } from "../shell/Problem.tsx";
import table from "../shell/Table.module.css";
import styles from "./Import.module.css";
import { fieldName, valueWords } from "./importWords.ts";

interface Props {
  readonly id: string;
  readonly list: ImportList;
  readonly title: string;
  /** How many rows there are in all; undefined if the list is a sample. */
  readonly total: number | undefined;
}

/** The first rows of a list of an import, and all of them as CSV. */
export function ImportRows({ id, list, title, total }: Props) {
  const query = `list=${list}`;
  const { data, error, mutate } = useSWR([`/api/people/imports/${id}/rows?${query}`, total], ([path]) =>
    call<ImportRow[]>("GET", path),
  );
  const isPart = total !== undefined && data !== undefined && data.length < total;
  return (
    <section aria-label={title}>
      <Group justify="space-between" align="baseline" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {total !== undefined && (
          <Anchor href={`/api/people/imports/${id}/rows.csv?${query}`} download size="sm">
            Download all as CSV
          </Anchor>
        )}
      </Group>
      {error !== undefined && <Problem error={error} retry={() => void mutate()} />}
      {!data && error === undefined && <Skeleton height={80} />}
      {data && data.length > 0 && <RowTable list={list} rows={data} />}
      {isPart && (
        <Text size="sm" c="dimmed" mt="xs">
          The first {count(data.length)} of {count(total)}.
        </Text>
      )}
    </section>
  );
}

function RowTable({ list, rows }: { readonly list: ImportList; readonly rows: readonly ImportRow[] }) {
  const isRefused = list === "refused";
  const isChanges = list === "changes";
  return (
    <table className={`${table.table} ${table.stacks}`}>
      <thead>
        <tr>
          <th scope="col">Row</th>
          <th scope="col">{isRefused ? "Column" : "Participant ID"}</th>
          <th scope="col">{isChanges ? "Changes" : "Reason"}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.row}>
            <td data-label="Row">{count(row.row)}</td>
            <td data-label={isRefused ? "Column" : "Participant ID"} className={styles.text}>
              {isRefused ? (row.column ?? "The whole row") : row.id}
            </td>
            <td className={styles.text}>{isChanges ? <Changes row={row} /> : row.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Changes({ row }: { readonly row: ImportRow }) {
  return (
    <ul className={styles.changes}>
      {row.sets?.map(({ path, from, to }) => (
        <li key={path.join(".")}>
          {fieldName(path)}: <span className={styles.old}>{valueWords(from)}</span> → {valueWords(to)}
        </li>
      ))}
    </ul>
  );
}

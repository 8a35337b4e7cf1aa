import { count } from "@email-agent/shared/domain/numberWords.ts";
import { UnstyledButton } from "@mantine/core";
import type { OrderReconciliation } from "../../api/recipients.ts";
import table from "../shell/Table.module.css";
import { openList, type ShownList } from "./listAddress.ts";
import styles from "./ReconciliationTable.module.css";

type Language = OrderReconciliation["languages"][number];

interface Term {
  readonly name: string;
  readonly sign: string;
  readonly people: (language: Language) => number | undefined;
  /** The list behind the number; absent if there is none. */
  readonly list?: Pick<ShownList, "list" | "status">;
  /** Shown only if it is not zero. */
  readonly isRare?: boolean;
}

/** The equation, term by term. */
const terms: readonly Term[] = [
  { name: "Eligible", sign: "", people: ({ eligible }) => eligible, list: { list: "send" } },
  { name: "Sent", sign: "=", people: ({ sent }) => sent, list: { list: "send", status: "sent" } },
  { name: "Failed", sign: "+", people: ({ failed }) => failed, list: { list: "send", status: "failed" } },
  { name: "Skipped", sign: "+", people: ({ skipped }) => skipped, list: { list: "skipped" } },
  { name: "In doubt", sign: "+", people: ({ inDoubt }) => inDoubt, list: { list: "send", status: "in-doubt" } },
  {
    ...{ name: "Waiting", sign: "+", people: ({ waiting }: Language) => waiting, isRare: true },
    list: { list: "send", status: "deferred" },
  },
  {
    ...{ name: "Sending", sign: "+", people: ({ sending }: Language) => sending, isRare: true },
    list: { list: "send", status: "sending" },
  },
  { name: "Not started", sign: "+", people: ({ notBegun }) => notBegun, isRare: true },
];

/** Eligible = sent + failed + skipped + in doubt (+ …) per language; each number opens its list. */
export function ReconciliationTable({
  languages,
  mailing,
}: {
  readonly languages: readonly Language[];
  /** Name of an earlier mailing. */
  readonly mailing: string | undefined;
}) {
  const shown = terms.filter(({ isRare, people }) => !isRare || languages.some((one) => people(one) !== 0));
  return (
    <table
      className={`${table.table} ${table.stacks}`}
      aria-label="Everyone the mailing concerns, and what became of their mail"
    >
      <thead>
        <tr>
          <th scope="col">Language</th>
          {shown.map(({ name, sign }) => (
            <th key={name} scope="col" className={table.number}>
              {sign && <span className={styles.sign}>{sign}</span>} {name}
            </th>
          ))}
          <th scope="col">Totals match</th>
        </tr>
      </thead>
      <tbody>
        {languages.map((one) => (
          <tr key={one.language}>
            <th scope="row">{one.language}</th>
            {shown.map((term) => (
              <td key={term.name} className={table.number} data-label={`${term.sign} ${term.name}`.trim()}>
                <People term={term} of={one} mailing={mailing} />
              </td>
            ))}
            <td data-label="Totals match">{one.agrees ? "✓ yes" : "– not yet"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function People({
  term,
  of,
  mailing,
}: {
  readonly term: Term;
  readonly of: Language;
  readonly mailing: string | undefined;
}) {
  const people = term.people(of);
  const { list } = term;
  if (people === undefined) return <span title="A change of the work order cleared it">unknown</span>;
  // The skipped people of an earlier mailing are no longer known.
  if (!list || (mailing !== undefined && list.list !== "send")) return count(people);
  return (
    <UnstyledButton
      className={styles.open}
      data-zero={people === 0 || undefined}
      onClick={() => openList({ ...list, ...(mailing !== undefined && { mailing }), language: of.language })}
      aria-label={`${term.name} in ${of.language}: ${count(people)}. Open the list`}
    >
      {count(people)}
    </UnstyledButton>
  );
}

import { count } from "@email-agent/shared/domain/numberWords.ts";
import { failureWords, skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { Anchor, Button, Checkbox } from "@mantine/core";
import Link from "next/link";
import type { RecipientListName, RecipientRow } from "../../api/recipients.ts";
import { useUserName } from "../orders/useOptions.ts";
import { personAddress } from "../people/personAddress.ts";
import { Moment } from "../shell/Moment.tsx";
import { Sign, SignButton } from "../shell/Sign.tsx";
import { recipientLooks } from "../shell/statusLooks.ts";
import table from "../shell/Table.module.css";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./Recipients.module.css";
import { ReturnedNotes, ReturnedSigns } from "./ReturnedNotes.tsx";
import type { Selection } from "./useSelection.ts";

/**
 * The columns of the recipients window, and the rows of one page; on a phone each row is a card. `onLookAt` opens the
 * evidence of a mail in doubt, or what keeps a person from getting mail.
 */
export function RecipientsTable({
  list,
  caption,
  rows,
  isStale,
  mayResolve,
  selection,
  onLookAt,
}: {
  readonly list: RecipientListName;
  readonly caption: string;
  readonly rows: readonly RecipientRow[];
  /** Other rows are being loaded. */
  readonly isStale: boolean;
  readonly mayResolve: boolean;
  /** Absent where rows cannot be chosen. */
  readonly selection?: Selection<RecipientRow> | undefined;
  readonly onLookAt: (row: RecipientRow) => void;
}) {
  const hasTimes = list !== "skipped" && list !== "left-out";
  const hasDoubts = rows.some(({ claimId }) => claimId !== undefined);
  const doubtWord = mayResolve ? "Resolve" : "Evidence";
  return (
    <table
      className={`${table.table} ${table.sheet} ${table.stacks} ${styles.rows}`}
      aria-label={caption}
      aria-busy={isStale}
      data-stale={isStale || undefined}
    >
      <thead>
        <tr>
          <th scope="col" className={table.number}>
            {selection && <PageBox rows={rows} selection={selection} />}
            No.
          </th>
          <th scope="col">Name</th>
          <th scope="col">Email</th>
          <th scope="col">Status</th>
          {hasTimes && <th scope="col">Time</th>}
          <th scope="col">{hasTimes ? "Response" : "Reason"}</th>
          {hasDoubts && <th scope="col">{doubtWord}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.number} ${row.participantId}`}>
            <td className={table.number}>
              {selection && <RowBox rows={rows} row={row} selection={selection} />}
              {count(row.number)}
            </td>
            <td className={styles.name}>
              <PersonLink row={row} />
            </td>
            <td className={styles.email}>{row.email}</td>
            <td className={styles.status}>
              <Sign look={recipientLooks[row.status]} />
              <ReturnedSigns returned={row.returned} />
            </td>
            {hasTimes && <td className={styles.time}>{row.at && <Moment at={row.at} />}</td>}
            <td className={styles.response}>
              <Response row={row} />
              {mayResolve && isLiftable(row) && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => onLookAt(row)}
                  aria-label={`Lift: ${row.name || row.participantId}`}
                >
                  Lift…
                </Button>
              )}
            </td>
            {hasDoubts && (
              <td className={styles.action}>
                {row.claimId !== undefined && (
                  <SignButton
                    size="compact-xs"
                    tone="doubt"
                    onClick={() => onLookAt(row)}
                    name={`${doubtWord}: ${row.name || row.participantId}`}
                  >
                    {doubtWord}…
                  </SignButton>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Chooses all rows of the page. */
function PageBox({
  rows,
  selection,
}: {
  readonly rows: readonly RecipientRow[];
  readonly selection: Selection<RecipientRow>;
}) {
  const isAll = rows.every((row) => selection.has(row));
  return (
    <Checkbox
      size="xs"
      className={styles.box}
      checked={isAll}
      indeterminate={!isAll && rows.some((row) => selection.has(row))}
      onChange={() => selection.set(rows, !isAll)}
      aria-label="Select all on this page"
    />
  );
}

/** Chooses a row; with the Shift key, by mouse or keyboard, all rows since the last one. */
function RowBox({
  rows,
  row,
  selection,
}: {
  readonly rows: readonly RecipientRow[];
  readonly row: RecipientRow;
  readonly selection: Selection<RecipientRow>;
}) {
  return (
    <Checkbox
      size="xs"
      className={styles.box}
      checked={selection.has(row)}
      onChange={({ nativeEvent }) => selection.click(rows, row, (nativeEvent as MouseEvent).shiftKey === true)}
      aria-label={`Select ${row.name || row.participantId}`}
    />
  );
}

/** The name; for users who may open the pages of People a link to the person. */
function PersonLink({ row: { name, participantId } }: { readonly row: RecipientRow }) {
  const { people } = useViewer();
  if (!people) return name || participantId;
  return (
    <Anchor component={Link} href={personAddress(participantId)} prefetch={false} inherit>
      {name || participantId}
    </Anchor>
  );
}

/** True for people whom a user may make mailable again. */
function isLiftable({ status, reason }: RecipientRow): boolean {
  return status === "skipped" && (reason === "unsubscribed" || reason === "suppressed");
}

function Response({ row }: { readonly row: RecipientRow }) {
  const nameOf = useUserName();
  if (row.status === "skipped")
    return (
      <>
        {skipReasonWords(row.reason ?? "")}
        {row.response !== undefined && <div className={styles.remark}>{row.response}</div>}
      </>
    );
  return (
    <>
      {row.resolvedBy !== undefined && row.resolvedAt !== undefined && (
        <div>
          Resolved by {nameOf(row.resolvedBy)}, <Moment at={row.resolvedAt} />
        </div>
      )}
      {row.reason ?? row.response}
      <ReturnedNotes returned={row.returned} />
      {row.status === "failed" && row.permanent !== undefined && (
        <div className={styles.remark}>{failureWords(row.permanent)}</div>
      )}
      {row.status === "deferred" && row.nextAttemptAt && (
        <div>
          Next attempt <Moment at={row.nextAttemptAt} />
        </div>
      )}
    </>
  );
}

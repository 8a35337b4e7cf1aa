"use client";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { Text, VisuallyHidden } from "@mantine/core";
import { useMemo } from "react";
import { type DiffRow, diffRows } from "./diffRows.ts";
import styles from "./Templates.module.css";

const marks = { added: "+", removed: "−", same: "" } as const;
const words = { added: "Added: ", removed: "Removed: ", same: "" } as const;

/** Two texts compared line by line. */
export function DiffView({
  before,
  after,
  label,
}: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}) {
  const rows = useMemo(() => diffRows(before, after), [before, after]);
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The two texts are the same.
      </Text>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className={styles.diff}>
      <table>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a comparison never move
            <Row key={index} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ row }: { readonly row: DiffRow }) {
  if (row.change === "gap")
    return (
      <tr data-change="gap">
        <td colSpan={4}>{counted(row.lines, "line", "lines")} that both have</td>
      </tr>
    );
  return (
    <tr data-change={row.change}>
      <td className={styles.lineNumber}>{row.before}</td>
      <td className={styles.lineNumber}>{row.after}</td>
      <td className={styles.lineNumber} aria-hidden="true">
        {marks[row.change]}
      </td>
      <td>
        <code>
          {words[row.change] && <VisuallyHidden component="span">{words[row.change]}</VisuallyHidden>}
          {row.text}
        </code>
      </td>
    </tr>
  );
}

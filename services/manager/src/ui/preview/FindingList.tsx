import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { Text } from "@mantine/core";
import styles from "./Preview.module.css";
import { isInSource, type NumberedFinding } from "./sourceLines.ts";

/** All findings, errors first; those with a place in the source link to it. */
export function FindingList({
  findings,
  more = 0,
}: {
  readonly findings: readonly NumberedFinding[];
  readonly more?: number;
}) {
  if (findings.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No findings.
      </Text>
    );
  return (
    <nav aria-label="Findings">
      <ol className={styles.findings}>
        {findings.map((numbered) => (
          <li key={numbered.number}>
            <FindingText numbered={numbered} place={placeOf(numbered)} />
          </li>
        ))}
      </ol>
      {more > 0 && (
        <Text size="sm" c="dimmed">
          And {counted(more, "more finding", "more findings")}.
        </Text>
      )}
    </nav>
  );
}

/** Severity, rule, place and text of a finding. */
export function FindingText({
  numbered: { number, finding },
  place,
}: {
  readonly numbered: NumberedFinding;
  readonly place?: { readonly text: string; readonly isLink: boolean };
}) {
  return (
    <span className={styles.finding} data-severity={finding.severity}>
      <span className={styles.severity}>{finding.severity === "error" ? "✕ Error" : "△ Warning"}</span> {finding.rule}
      {place && ", "}
      {place?.isLink ? <a href={findingAnchor(number)}>{place.text}</a> : place?.text}: {finding.text}
    </span>
  );
}

function placeOf(numbered: NumberedFinding): { text: string; isLink: boolean } {
  const { part, line, column } = numbered.finding;
  const at = column === undefined ? "" : `, column ${column}`;
  if (part) return { text: `${part === "subject" ? "subject" : "preview text"}${at}`, isLink: false };
  return line === undefined
    ? { text: "whole mail", isLink: false }
    : { text: `line ${line}${at}`, isLink: isInSource(numbered) };
}

function findingAnchor(number: number): string {
  return `#finding-${number}`;
}

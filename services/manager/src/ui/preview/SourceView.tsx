import { memo, useMemo } from "react";
import { FindingText } from "./FindingList.tsx";
import styles from "./Preview.module.css";
import { type NumberedFinding, type SourceLine, sourceLines } from "./sourceLines.ts";

/** The HTML of a template with line numbers, and each finding below the line it is about. */
export const SourceView = memo(function SourceView({
  source,
  findings,
}: {
  readonly source: string;
  readonly findings: readonly NumberedFinding[];
}) {
  const lines = useMemo(() => sourceLines(source, findings), [source, findings]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label="Source of the template" tabIndex={0} className={styles.source}>
      <ol>
        {lines.map((line) => (
          <Line key={line.number} line={line} />
        ))}
      </ol>
    </section>
  );
});

function Line({ line: { number, stretches, findings } }: { readonly line: SourceLine }) {
  return (
    <li className={styles.line} data-number={number}>
      <code>
        {stretches.map(({ at, text, severity }) =>
          severity ? (
            <mark key={at} data-severity={severity}>
              {text}
            </mark>
          ) : (
            text
          ),
        )}
      </code>
      {findings.map((numbered) => (
        <p key={numbered.number} id={`finding-${numbered.number}`} tabIndex={-1} className={styles.note}>
          <FindingText numbered={numbered} />
        </p>
      ))}
    </li>
  );
}

import { count } from "@email-agent/shared/domain/numberWords.ts";
import { FailedMark, InDoubtMark } from "./CurveMarks.tsx";
import type { CurvePoint } from "./liveCurve.ts";
import styles from "./SendingChart.module.css";

/** Legend of the chart: line, mark, word and number of each curve. */
export function CurveLegend({
  points,
  hasForecast,
}: {
  readonly points: readonly CurvePoint[];
  readonly hasForecast: boolean;
}) {
  const last = points.at(-1);
  if (!last) return undefined;
  return (
    <ul className={styles.keys}>
      <li className={styles.key}>
        <svg aria-hidden="true">
          <path className={styles.sentLine} d="M0 5H26" />
          <circle className={styles.sentMark} cx="13" cy="5" r="4" />
        </svg>
        {count(last.sent)} sent
      </li>
      {last.failed > 0 && (
        <li className={styles.key}>
          <svg aria-hidden="true">
            <path className={styles.failedLine} d="M0 5H26" />
            <FailedMark x={13} y={5} />
          </svg>
          {count(last.failed)} failed
        </li>
      )}
      {last.inDoubt > 0 && (
        <li className={styles.key}>
          <svg aria-hidden="true">
            <path className={styles.inDoubtLine} d="M0 5H26" />
            <InDoubtMark x={13} y={5} />
          </svg>
          {count(last.inDoubt)} in doubt
        </li>
      )}
      {hasForecast && (
        <li className={styles.key}>
          <svg aria-hidden="true">
            <path className={styles.ahead} d="M0 5H26" />
          </svg>
          expected
        </li>
      )}
    </ul>
  );
}
